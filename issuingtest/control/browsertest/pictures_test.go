package browsertest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

var pictures = flag.String("pictures", "", "folder that TestPictures writes to; without it the test is skipped")

// The pictures of examples/sandbox/README.md, and with -pictures-all those of every view
// in both colours and both widths.
func TestPictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("SKIPPED: -pictures names no folder")
	}
	s := newStage(t, "")
	ada := s.day(t)
	b := open(t, s)
	b.until(`document.getElementById("live").dataset.state === "live"`)
	for _, size := range sizes {
		for _, colours := range []string{"light", "dark"} {
			for name, hash := range views(ada) {
				b.look(size.width, size.height, colours)
				b.visit(hash)
				eval[chromedp.Void](b, `scrollTo(0, 0)`)
				file := strings.Join([]string{"page", name, size.name, colours}, "-") + ".png"
				data, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
				b.must(err)
				b.must(os.WriteFile(filepath.Join(*pictures, file), data, 0o644))
			}
		}
	}
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
