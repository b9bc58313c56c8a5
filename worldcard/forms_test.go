package worldcard_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

func TestCardDataArrivesOpenInAllForms(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]worldcardtest.CardData{
		"each field encrypted": worldcardtest.CardDataFields,
		"in clear":             worldcardtest.CardDataClear,
		"data encrypted whole": worldcardtest.CardDataWhole,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := turned(t, worldcardtest.Config{CardData: form})
			applied, err := client.Virtual.Apply(t.Context(), virtualV("mc", issuing.NewAmount(100, 0)))
			if err != nil {
				t.Fatal(err)
			}
			processing, err := client.Virtual.Card(t.Context(), worldcard.ByMerchantCardID("mc"))
			if err != nil || !processing.CardNumber.IsZero() || processing.Status != worldcard.CardStatusProcessing {
				t.Errorf("before issuing: %+v, %v", processing, err)
			}
			server.Clock().Advance(time.Minute)
			card, err := client.Virtual.Card(t.Context(), worldcard.ByCardID(applied.ID))
			if err != nil {
				t.Fatal(err)
			}
			booked, _ := server.Card("mc")
			if !card.CardNumber.Equal(booked.Number) || len(card.CVV.Reveal()) != 3 ||
				card.ExpiryMonth.Reveal() != "04" || card.ExpiryYear.Reveal() != "2030" {
				t.Errorf("PAN ends in %s, want %s", card.CardNumber.Last4(), booked.Number.Last4())
			}
			if card.AvailableBalance.String() != "100.00" {
				t.Errorf("balance %s", card.AvailableBalance)
			}
		})
	}
}

func TestSensitiveFieldsAreNeverCiphertext(t *testing.T) {
	t.Parallel()
	key, err := sign.ParseAESKey(aesKeyText)
	if err != nil {
		t.Fatal(err)
	}
	other, err := sign.NewAESKey([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	good, _ := key.Seal([]byte("4937241000003841"))
	foreign, _ := other.Seal([]byte("4937241000003841"))
	for name, c := range map[string]struct {
		sent string
		want string
		fail bool
	}{
		"empty":              {"", "", false},
		"clear":              {"4937241000003841", "4937241000003841", false},
		"sealed":             {good, "4937241000003841", false},
		"masked":             {"493724******3841", "493724******3841", false},
		"sealed for another": {foreign, "", true},
		"too short":          {"AAAA", "", true},
		"too many digits":    {"49372410000038414937", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newWireServer(t, http.StatusOK, `{"code":0,"data":{"card_id":"1","card_number":"`+c.sent+`"}}`)
			card, err := server.client(t).Physical.Card(t.Context(), worldcard.ByCardID("1"))
			if c.fail {
				wantError(t, err, issuing.ErrBadResponse)
				return
			}
			if err != nil || card.CardNumber.Reveal() != c.want {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestEncryptFieldsSendsNoClearPINInTheBody(t *testing.T) {
	t.Parallel()
	server, _ := turned(t, worldcardtest.Config{})
	cfg := server.ClientConfig()
	cfg.EncryptFields = true
	client, err := worldcard.New(cfg, issuing.WithClock(server.Clock().Now))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Physical.Apply(t.Context(), physicalG("pc")); err != nil {
		t.Fatal(err)
	}
	if _, err := client.KYC.Init(t.Context(), "pc"); err != nil {
		t.Fatal(err)
	}
	if err := server.ApproveKYC("pc"); err != nil {
		t.Fatal(err)
	}
	ref, number := worldcard.ByMerchantCardID("pc"), issuing.NewSecret("4000123412341234")
	if _, err := client.Physical.Assign(t.Context(), worldcard.AssignRequest{CardRef: ref, CardNumber: number}); err != nil {
		t.Fatal(err)
	}
	if card, _ := server.Card("pc"); !card.Number.Equal(number) {
		t.Error("the platform read another card number")
	}

	wire := newWireServer(t, http.StatusOK, `{"code":0}`)
	cfg.BaseURL, cfg.AppID = wire.URL, "app-1"
	cfg.PrivateKey, _ = sign.NewPrivateKey(merchantKey())
	cfg.AESKey, _ = sign.ParseAESKey(aesKeyText)
	if client, err = worldcard.New(cfg); err != nil {
		t.Fatal(err)
	}
	if err := client.Physical.SetPIN(t.Context(), worldcard.SetPINRequest{CardRef: ref, PIN: issuing.NewSecret("135790")}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(wire.payload, "135790") {
		t.Errorf("the PIN is in clear inside the body: %s", wire.payload)
	}
	sent, _ := decode(t, wire.payload).(map[string]any)
	sealed, _ := sent["pin"].(string)
	if plain, err := cfg.AESKey.Open(sealed); err != nil || string(plain) != "135790" {
		t.Errorf("%q does not open to the PIN: %v", sealed, err)
	}
}

func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	const secret = "4937241000003841"
	for _, zero := range []any{
		worldcard.Card{}, worldcard.PhysicalCard{}, worldcard.AssignRequest{}, worldcard.ActivateRequest{},
		worldcard.SetPINRequest{}, worldcard.KYCSession{}, worldcard.CardOpened{}, worldcard.CardClosed{},
		worldcard.CardStateChanged{}, worldcard.HolderChallenged{}, issuing.CallInfo{}, worldcardtest.Card{},
	} {
		leaktest.Check(t, []string{secret}, leaktest.Fill(t, secret, zero))
	}
	keys, err := worldcardtest.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	server := startServer(t, worldcardtest.Config{Keys: keys})
	key, err := hex.DecodeString(server.AESKeyText().Reveal())
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{server.AESKeyText().Reveal(), string(key), privateExponent(t, server)}
	client := newClient(t, server)
	leaktest.Check(t, secrets, server.ClientConfig(), client, server, keys, worldcardtest.Config{Keys: keys})
}

// privateExponent is the secret part of the platform's merchant key, in decimal,
// as fmt would print a big.Int.
func privateExponent(t *testing.T, server *worldcardtest.Server) string {
	t.Helper()
	block, _ := pem.Decode([]byte(server.MerchantPrivateKey().Reveal()))
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		t.Fatalf("%T", parsed)
	}
	return key.D.String()
}
