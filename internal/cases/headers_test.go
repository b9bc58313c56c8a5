package cases

import (
	"net/http"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/webhook"
)

// Callbacks through a gateway, a function service or a queue come with header
// names in another case.
func TestHeaderNames(t *testing.T) {
	t.Parallel()
	for _, provider := range []struct {
		name string
		src  *webhook.Source
		push push
	}{
		{"worldcard", worldCardSource(t, epoch, nil).ForType("card_open"), worldCardPush(t, `{"card_id":"1"}`, epoch)},
		{"uqpay", uqpaySource(t, epoch, nil), uqpayPush(t, `{"event_type":"card.create.succeeded","event_id":"e","data":{}}`, epoch)},
	} {
		for _, spelling := range []struct {
			name string
			of   func(string) string
		}{
			{"canonical", http.CanonicalHeaderKey}, {"lower case", strings.ToLower}, {"upper case", strings.ToUpper},
		} {
			hold(t, provider.name+", "+spelling.name, "", func(*testing.T) error {
				header := http.Header{}
				for name, values := range provider.push.header {
					header[spelling.of(name)] = values
				}
				_, err := provider.src.Parse(header, provider.push.body)
				return err
			})
		}
	}
}
