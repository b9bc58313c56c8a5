package issuingtest_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// A server prints its address alone, for every verb, by pointer and by value.
func TestServersPrintTheirAddress(t *testing.T) {
	t.Parallel()
	server, err := worldcardtest.NewServer(worldcardtest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, verb := range "vsqdxXobtcUeEfFgG" {
		for _, flag := range []string{"%", "%+", "%#", "% ", "%-30.3"} {
			for _, value := range []any{server, &server.Platform, server.Platform} {
				if got := fmt.Sprintf(flag+string(verb), value); got != server.URL() {
					t.Errorf("%s%c of %T prints %q", flag, verb, value, got)
				}
			}
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("started", "server", server)
	if !strings.HasSuffix(log.String(), " server="+server.URL()+"\n") {
		t.Errorf("logged %s", log.String())
	}
	leaktest.Check(t, []string{server.AESKeyText().Reveal(), server.MerchantPrivateKey().Reveal()[100:140]}, server)
	if got := fmt.Sprint(issuingtest.Platform{}); got != "no platform" {
		t.Errorf("the zero Platform prints %q", got)
	}
}
