package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// coshineCall sends a request as the document prints it, without this module's
// client.
func coshineCall(t *testing.T, ready map[string]string, path, tranID, fields string) map[string]any {
	t.Helper()
	body := fmt.Sprintf(`{"participantId":%q,"tranBranch":%q,"tranChnl":"07","tranDate":"20260420","tranTime":"143052","tranId":%q%s}`,
		ready["participant_id"], ready["tran_branch"], tranID, fields)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, ready["base_url"]+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+ready["token"])
	req.Header.Set("timestamp", "1776666652")
	req.Header.Set("Content-Type", "application/json; charset=UTF-8")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", path, resp.StatusCode, err)
	}
	if resp.Header.Get("timestamp") == "" || out["tranId"] != tranID {
		t.Errorf("%s: no timestamp header, or another tranId: %v", path, out["tranId"])
	}
	return out
}

// TestCoshineServesARawClient goes from application to load with net/http alone,
// and receives the notification.
func TestCoshineServesARawClient(t *testing.T) {
	t.Parallel()
	notified := make(chan string, 4)
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		notified <- r.URL.Path + " " + r.URL.Query().Get("api") + " " + r.Header.Get("Authorization") + " " + string(body)
		_, _ = io.WriteString(w, `{"responseCode":"00"}`)
	}))
	defer issuer.Close()
	ready := serve(t, "-provider", "coshine", "-webhook", issuer.URL+"/callbacks")
	for _, name := range []string{"provider", "base_url", "token", "participant_id", "tran_branch", "issuer_token"} {
		if ready[name] == "" {
			t.Errorf("the line lacks %s", name)
		}
	}
	holder := `,"customerId":"CIF1","custIdType":"P","custIdNo":"E12345678"`
	card := coshineCall(t, ready, "/cardmgr/cardApply", "TXN1", `,"cardFlag":"V","cardProdCode":"2201"`+holder)
	if card["responseCode"] != "00" || card["cardToken"] == nil {
		t.Fatalf("application: %v", card["responseCode"])
	}
	token := fmt.Sprintf(`,"cardToken":%q`, card["cardToken"])
	ack := coshineCall(t, ready, "/cardmgr/cardActivate", "TXN2",
		token+fmt.Sprintf(`,"expiryDate":%q,"CVV2":%q`, card["expiryDate"], card["CVV2"])+holder)
	if ack["responseCode"] != "00" {
		t.Fatalf("activation: %v", ack)
	}
	list := coshineCall(t, ready, "/custmgr/inquiryCardListByCIF", "TXN3", `,"customerId":"CIF1"`)
	if cards, ok := list["recordList"].([]any); !ok || len(cards) != 1 || list["recordNum"] != "1" {
		t.Errorf("list: %v", list)
	}
	if load := coshineCall(t, ready, "/tranmgr/loadFund", "TXN4", token+`,"amount":"25.00"`); load["responseCode"] != "00" {
		t.Errorf("load: %v", load)
	}
	if balance := coshineCall(t, ready, "/tranmgr/balanceInquiry", "TXN5", token); balance["balance"] != "25.00" {
		t.Errorf("balance: %v", balance)
	}
	if wrong := coshineCall(t, ready, "/cardmgr/cardClose", "TXN6", `,"cardToken":"1"`); wrong["responseCode"] != "04" {
		t.Errorf("unknown token: %v", wrong)
	}
	select {
	case got := <-notified:
		want := "/callbacks AuthorizationNotification Bearer " + ready["issuer_token"] + " {"
		if !strings.HasPrefix(got, want) || !strings.Contains(got, `"transactionId":"TXN4"`) {
			t.Error("the notification is not for the load, or lacks its credential")
		}
	case <-time.After(10 * time.Second):
		t.Error("no notification arrived")
	}
}
