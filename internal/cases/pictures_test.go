package cases

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// jpeg begins as a picture of a phone does. Its Base64 ends in padding.
var jpeg = append([]byte("\xff\xd8\xff\xe1\x00\x18Exif\x00\x00"), bytes.Repeat([]byte{7}, 301)...)

// wrap breaks Base64 into lines, as mail and openssl do.
func wrap(text string) string {
	var b strings.Builder
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	return b.String() + text + "\r\n"
}

// Pictures for UQPAY as people's programs make them: Base64 of the standard
// alphabet, with or without the head of a data URI, which goes out without line
// breaks. What the bytes are is the platform's to judge, whose formats are not
// published.
func TestInlinePictures(t *testing.T) {
	t.Parallel()
	const head = "data:image/jpeg;base64,"
	plain := base64.StdEncoding.EncodeToString(jpeg)
	again := base64.StdEncoding.EncodeToString([]byte(plain))
	for _, tt := range []struct{ name, text, sent string }{ // sent is "" for what is refused
		{"plain", plain, plain},
		{"wrapped at 76", wrap(plain), plain},
		{"trailing line break", plain + "\n", plain},
		{"data URI", head + plain, plain},
		{"data URI, wrapped", head + wrap(plain), plain},
		{"data URI in upper case", "data:image/jpeg;BASE64," + plain, plain},
		{"data URI with nothing", head, ""},
		{"data URI that is no Base64", "data:image/jpeg,abcd", ""},
		{"URL alphabet", base64.URLEncoding.EncodeToString([]byte("\xff\xd8\xff\xfb\xff\xfe\xff\xff")), ""},
		{"no padding", strings.TrimRight(plain, "="), ""},
		{"Base64 twice", again, again},
		{"a path", "photos/front.jpg1", ""},
		{"an address", "https://example.com/front.jpg", ""},
		{"line breaks alone", "\r\n\r\n", ""},
	} {
		hold(t, tt.name, "", func(t *testing.T) error {
			sent, err := sendPicture(t, tt.text)
			if tt.sent == "" {
				return errors.Join(refuses(err, "identity.front_file"), is("sent", sent, ""))
			}
			return errors.Join(err, is("sent", strings.TrimPrefix(sent, head), tt.sent))
		})
	}
}

// sendPicture creates a cardholder with a picture and returns what went out.
func sendPicture(t *testing.T, text string) (sent string, err error) {
	t.Helper()
	c := uqpayClient(t, platform(func(_ *http.Request, body []byte) (int, string) {
		var in struct {
			Identity struct {
				FrontFile string `json:"front_file"`
			} `json:"identity"`
		}
		if err := json.Unmarshal(body, &in); err != nil {
			t.Error(err)
		}
		sent = in.Identity.FrontFile
		return http.StatusOK, `{"cardholder_id":"1","cardholder_status":"SUCCESS"}`
	}))
	_, err = c.Cardholders.Create(t.Context(), uqpay.CreateCardholderRequest{
		Email: "a@example.com", FirstName: "A", LastName: "B", CountryCode: "SG", PhoneNumber: "91234567",
		Person: uqpay.Person{Identity: &uqpay.Identity{
			Type: uqpay.IdentityTypePassport, Number: issuing.NewSecret("E1"), FrontFile: issuing.NewSecret(text),
		}},
	})
	return sent, err
}

// KazePay takes JPEG and PNG, told by their first bytes.
func TestPictureKinds(t *testing.T) {
	t.Parallel()
	png := []byte("\x89PNG\r\n\x1a\n....")
	for _, tt := range []struct {
		name  string
		image []byte
		head  string // "" for what is refused
	}{
		{"JPEG with EXIF", jpeg, "data:image/jpeg;base64,"},
		{"PNG", png, "data:image/png;base64,"},
		{"WebP", []byte("RIFF\x00\x00\x00\x00WEBPVP8 "), ""},
		{"HEIC", []byte("\x00\x00\x00\x18ftypheic\x00\x00"), ""},
		{"GIF", []byte("GIF89a...."), ""},
		{"PDF", []byte("%PDF-1.7"), ""},
		{"nothing", nil, ""},
		{"Base64 of a JPEG", []byte(base64.StdEncoding.EncodeToString(jpeg)), ""},
		{"byte order mark before it", append([]byte("\xef\xbb\xbf"), jpeg...), ""},
	} {
		hold(t, tt.name, "", func(*testing.T) error {
			got, err := kazepay.InlineImage(tt.image)
			if tt.head == "" {
				return errors.Join(refuses(err, "image"), is("made", got.Reveal(), ""))
			}
			return errors.Join(err, is("made", got.Reveal(), tt.head+base64.StdEncoding.EncodeToString(tt.image)))
		})
	}
}
