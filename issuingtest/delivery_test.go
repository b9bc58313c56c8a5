package issuingtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestDeliveryPrintsNeitherHeaderNorBody(t *testing.T) {
	t.Parallel()
	const secret = "4937241000003841"
	d := Delivery{Type: "card_open", Attempt: 2, Status: 200, Header: http.Header{"Authorization": {secret}}, Body: []byte(secret), Answer: secret}
	text, err := json.Marshal([]any{d, &d})
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{string(text), fmt.Sprintf("%+v %#v %s %x", d, &d, d, d), d.LogValue().String()} {
		if strings.Contains(printed, secret) || strings.Contains(printed, fmt.Sprintf("%x", secret)) || !strings.Contains(printed, "card_open attempt 2") {
			t.Errorf("printed %s", printed)
		}
	}
}
