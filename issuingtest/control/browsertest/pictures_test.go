package browsertest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

var (
	pictures = flag.String("pictures", "", "folder that TestPictures writes to; without it the test is skipped")
	every    = flag.Bool("every", false, "write every view, in both colours and both widths")
)

// The pictures of examples/sandbox/README.md, or with -every those of every view, to be
// looked at.
func TestPictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("SKIPPED: -pictures names no folder")
	}
	s := newStage(t, "")
	ada := s.day(t)
	b := open(t, s)
	b.until(`document.getElementById("live").dataset.state === "live"`)
	if !*every {
		b.picture("page-card", "#/cards/worldcard/"+ada, 1200, 780, "light")
		b.picture("page-requests", "#/requests/8?provider=worldcard", 1200, 780, "light")
		b.picture("page-callbacks", "#/callbacks/6?provider=worldcard", 1200, 780, "dark")
		return
	}
	s.do(t, "worldcard", "inject", map[string]string{"operation": "Cards.Freeze", "fault": "bad-gateway-after", "times": "2"})
	for _, size := range sizes {
		for _, colours := range []string{"light", "dark"} {
			for name, hash := range views(ada) {
				b.picture(strings.Join([]string{"page", name, size.name, colours}, "-"), hash, size.width, size.height, colours)
			}
		}
	}
}

// picture takes one. What no seed makes the same in every run is written over: ports,
// real times, how long things took.
func (b *tab) picture(name, hash string, width, height int64, colours string) {
	b.t.Helper()
	b.look(width, height, colours)
	b.visit(hash)
	eval[chromedp.Void](b, `{
		scrollTo(0, 0);
		document.activeElement.blur();
		for (const e of document.querySelectorAll("td.c-took")) e.textContent = "240 µs";
		for (const e of document.querySelectorAll(".facts div")) {
			const name = e.children[0], value = e.children[1].querySelector("code") ?? e.children[1];
			if (name.textContent === "Took") value.textContent = "240 µs";
			if (name.textContent === "Real time") value.textContent = "1 Apr 2026, 14:00:00 UTC";
			if (name.textContent === "Sent to") value.textContent = value.textContent.replace(/:\d+\//, ":9000/");
		}
	}`)
	data, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.must(err)
	b.must(os.WriteFile(filepath.Join(*pictures, name+".png"), data, 0o644))
}

var sizes = []struct {
	name          string
	width, height int64
}{{"desktop", 1440, 900}, {"phone", 390, 844}}

// views are the addresses of the page's views, each with something in it.
func views(card string) map[string]string {
	return map[string]string{
		"cards": "#/cards?provider=worldcard", "card": "#/cards/worldcard/" + card,
		"requests": "#/requests?provider=worldcard", "request": "#/requests/5?provider=worldcard",
		"callbacks": "#/callbacks?provider=worldcard", "callback": "#/callbacks/5?provider=worldcard",
		"actions": "#/actions/purchase?provider=worldcard", "faults": "#/faults?provider=worldcard",
		"connect": "#/connect", "all": "#/cards", "nothing": "#/requests?provider=legacy",
	}
}
