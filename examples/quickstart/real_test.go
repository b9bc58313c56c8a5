package main

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/examples/internal/start"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// TestQuickstartOnAPlatformFromTheEnvironment plays the real platform: the tour
// knows nothing of it but what the environment says.
func TestQuickstartOnAPlatformFromTheEnvironment(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	server, err := worldcardtest.NewServer(worldcardtest.Config{WebhookURL: "http://" + addr + "/callbacks/worldcard"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	key, err := server.PlatformKey().MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{
		"WORLDCARD_BASE_URL": server.URL(), "WORLDCARD_APP_ID": server.AppID(), "WORLDCARD_CALLBACK_ADDR": addr,
		"WORLDCARD_PRIVATE_KEY": server.MerchantPrivateKey().Reveal(), "WORLDCARD_AES_KEY": server.AESKeyText().Reveal(),
		"WORLDCARD_PLATFORM_KEY": string(key),
	}
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-live"}, start.Terminal{Reader: strings.NewReader("yes\n"), Writer: &out}, func(name string) string { return environment[name] }); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, step := range []string{"Callbacks are expected at http://" + addr, "Purchase: skipped", "70.00 USD to be refunded", "KYC: cancelled", "Done"} {
		if !strings.Contains(out.String(), step) {
			t.Errorf("%q is missing in:\n%s", step, out.String())
		}
	}
	for _, secret := range []string{"WORLDCARD_PRIVATE_KEY", "WORLDCARD_AES_KEY"} {
		if strings.Contains(out.String(), environment[secret]) {
			t.Errorf("%s was printed", secret)
		}
	}
}
