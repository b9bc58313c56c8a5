package legacy_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

// leased is a deduper whose claims lapse after a time.
type leased struct {
	webhook.Deduper
	lease time.Duration
}

func (l leased) Lease() time.Duration { return l.lease }

// TestCallbackLease: VIRTUAL-P sends for 31 s. An event whose process died would be
// busy until after that.
func TestCallbackLease(t *testing.T) {
	t.Parallel()
	server, _ := callbackPlatform(t, legacytest.Config{})
	for lease, good := range map[time.Duration]bool{sqldedupe.DefaultLease: true, 30 * time.Second: true, 31 * time.Second: false, 5 * time.Minute: false} {
		_, err := legacy.NewCallbacks(legacy.CallbackConfig{
			AppKey: server.AppKey(), AppSecrets: []sign.AppSecret{server.AppSecret()}, Deduper: leased{lease: lease},
		})
		if good != (err == nil) || err != nil && (!errors.Is(err, issuing.ErrInvalid) || !strings.Contains(err.Error(), "lease")) {
			t.Errorf("%v: %v", lease, err)
		}
	}
}
