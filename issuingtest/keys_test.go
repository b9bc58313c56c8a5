package issuingtest_test

import (
	"maps"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

type texts = map[string]issuing.Secret

// Keys come back from their texts as they were; texts that are none are refused, and
// nothing of them is repeated.
func TestKeysAsTexts(t *testing.T) {
	t.Parallel()
	w := must[worldcardtest.Keys](t)(worldcardtest.NewKeys())
	k := must[kazepaytest.Keys](t)(kazepaytest.NewKeys())
	u := must[*unionpaytest.Keys](t)(unionpaytest.NewKeys())
	for name, tt := range map[string]struct {
		given texts
		again func(texts) (texts, error)
	}{
		"worldcard": {w.Texts(), func(x texts) (texts, error) { k, err := worldcardtest.ParseKeys(x); return k.Texts(), err }},
		"kazepay":   {k.Texts(), func(x texts) (texts, error) { k, err := kazepaytest.ParseKeys(x); return k.Texts(), err }},
		"unionpay": {u.Texts(), func(x texts) (texts, error) {
			k, err := unionpaytest.ParseKeys(x)
			if err != nil {
				return nil, err
			}
			return k.Texts(), nil
		}},
	} {
		same, err := tt.again(tt.given)
		if err != nil || len(same) != len(tt.given) || len(same) < 2 {
			t.Errorf("%s: %v", name, err)
		}
		for part, text := range tt.given {
			if same[part].Reveal() != text.Reveal() || text.IsZero() {
				t.Errorf("%s: %s is another one", name, part)
			}
			leaktest.Check(t, []string{text.Reveal()}, tt.given)
			for _, spoiled := range []string{"", "nonsense", strings.Replace(text.Reveal(), "M", "N", 1), text.Reveal()[:len(text.Reveal())/2-1]} {
				wrong := maps.Clone(tt.given)
				wrong[part] = issuing.NewSecret(spoiled)
				if spoiled == text.Reveal() { // hexadecimal has no M
					continue
				}
				if _, err = tt.again(wrong); err == nil {
					t.Errorf("%s: %s of %d characters is taken", name, part, len(spoiled))
				}
				if err != nil && spoiled != "" && strings.Contains(err.Error(), spoiled) {
					t.Errorf("%s: the error repeats the key", name)
				}
			}
		}
	}
	if (worldcardtest.Keys{}).Texts() != nil || (kazepaytest.Keys{}).Texts() != nil {
		t.Error("no keys have texts")
	}
}
