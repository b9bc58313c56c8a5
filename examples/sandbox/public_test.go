package main

import (
	"net/url"
	"strings"
	"testing"
)

// Beyond loopback the line names the sandbox as others reach it, the control asks for
// the token, and callbacks go to other machines.
func TestPublic(t *testing.T) {
	t.Parallel()
	ready, _ := sandbox(t, "--provider", "kazepay,uqpay", "--public", "--control", "0.0.0.0:0", "--listen", "0.0.0.0:0",
		"--control-host", "box.example", "--webhook", "kazepay=http://callbacks.invalid/kazepay")
	control, err := url.Parse(ready["control"].(string))
	if err != nil || control.Hostname() != "box.example" {
		t.Fatalf("%v: %v", ready["control"], err)
	}
	for name, value := range ready["providers"].(map[string]any) {
		base, err := url.Parse(value.(map[string]any)["base_url"].(string))
		if err != nil || base.Hostname() != "box.example" || base.Port() == control.Port() {
			t.Errorf("%s: %v, %v", name, base, err)
		}
	}
	local, token := "http://127.0.0.1:"+control.Port(), ready["control_token"].(string)
	for _, tt := range []struct {
		line string
		code int
		want string
	}{
		{"health", 0, "ok: kazepay uqpay"},
		{"cards", exitRefused, "give it by --token or ISSUING_SANDBOX_TOKEN"},
		{"cards --token " + token, 0, "PROVIDER"},
		{"trigger kazepay.emit type=KYC_RESULT content={} --token " + token, 0, "done"},
		{"events --after 0 --until callback --timeout 30s --token " + token, 0, "KYC_RESULT not accepted"},
	} {
		if got, code := commandLine(t, local, strings.Fields(tt.line)...); code != tt.code || !strings.Contains(got, tt.want) {
			t.Errorf("%s: exit %d, %s", tt.line, code, got)
		}
	}
}
