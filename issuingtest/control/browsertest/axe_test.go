package browsertest

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// axe is axe-core 4.14.1, see testdata/axe.
//
//go:embed testdata/axe/axe.min.js
var axe string

const axeDigest = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"

// finding is what axe says of an element.
type finding struct{ Rule, Impact, Target, Why string }

// audit runs axe over what is shown: every violation, and every contrast that it could
// not judge, which an inner scroll box or an overlap hides in a report that looks clean.
func (b *tab) audit() []finding {
	b.t.Helper()
	return eval[[]finding](b, `axe.run(document, { resultTypes: ["violations", "incomplete"] }).then((r) => [
		...r.violations, ...r.incomplete.filter((i) => i.id === "color-contrast"),
	].flatMap((rule) => rule.nodes.map((n) => ({
		Rule: rule.id, Impact: rule.impact ?? "", Target: n.target.join(" "),
		Why: (n.any.concat(n.all, n.none)[0] ?? {}).message ?? "",
	}))))`, chromedp.EvalAwaitPromise)
}

// Everybody can use every view, in both colours, on a desk and on a phone.
func TestAccessibility(t *testing.T) {
	if sum := sha256.Sum256([]byte(axe)); hex.EncodeToString(sum[:]) != axeDigest {
		t.Fatal("axe-core is not the version that is pinned")
	}
	s := newStage(t, "")
	ada := s.day(t)
	s.do(t, "worldcard", "inject", map[string]string{"operation": "Cards.Freeze", "fault": "bad-gateway-after", "times": "2"})
	b := open(t, s)
	eval[chromedp.Void](b, axe)
	b.catches(t)
	shown := views(ada)
	shown["choose"], shown["choose fault"], shown["lost"] = "#/actions", "#/faults", "#/nowhere"
	shown["menu"], shown["no card"] = "#/actions?provider=uqpay", "#/cards/worldcard/none"
	shown["filtered"] = "#/requests?provider=worldcard&card=" + ada
	for _, size := range sizes {
		for _, colours := range []string{"light", "dark"} {
			b.look(size.width, size.height, colours)
			for name, hash := range shown {
				b.visit(hash)
				b.report(t, name, size.name, colours)
			}
			b.deeds(t, size.name, colours)
		}
	}
}

// deeds looks at what appears only when something is done: an error in a form, a dialog,
// bodies, keys.
func (b *tab) deeds(t *testing.T, size, colours string) {
	t.Helper()
	b.visit("#/actions/purchase?provider=worldcard")
	b.enter("Amount", "much")
	b.click(".sheet form button", "Purchase")
	b.sees(".field .wrong", "Is no amount")
	b.report(t, "error", size, colours)
	b.click(".clock button", "Turn")
	b.until(`document.querySelector("dialog[open]")`)
	b.report(t, "dialog", size, colours)
	b.click("dialog button", "Cancel")
	b.visit("#/callbacks/5")
	b.click(".panel button", "Show headers")
	b.sees(".bodies pre", "X-Signature")
	b.report(t, "bodies", size, colours)
	b.visit("#/connect?provider=uqpay")
	b.click("main button", "Show keys")
	b.sees(".keys", "key of uqpay")
	b.report(t, "keys", size, colours)
}

func (b *tab) report(t *testing.T, view, size, colours string) {
	t.Helper()
	for _, f := range b.audit() {
		t.Errorf("%s, %s, %s: %s (%s) at %s: %s", view, size, colours, f.Rule, f.Impact, f.Target, f.Why)
	}
	if wide := eval[float64](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide > 0 {
		t.Errorf("%s, %s: %.0f pixels stand out at the side", view, size, wide)
	}
}

// catches holds that axe finds what is wrong, so that its silence means something.
func (b *tab) catches(t *testing.T) {
	t.Helper()
	eval[chromedp.Void](b, `{ const p = document.createElement("p"); p.id = "faint"; p.textContent = "hardly to be seen";
		p.style.color = "#ddd"; const i = document.createElement("input"); i.id = "nameless";
		document.querySelector("main").append(p, i); }`)
	said := fmt.Sprint(b.audit())
	if !strings.Contains(said, "color-contrast") || !strings.Contains(said, "label") {
		t.Fatalf("axe finds nothing wrong with what is: %s", said)
	}
	eval[chromedp.Void](b, `document.querySelectorAll("#faint, #nameless").forEach((e) => e.remove())`)
}
