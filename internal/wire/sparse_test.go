package wire

import (
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// TestSparse: what is unset is left out, at any depth, but numbers and truth values,
// whose zero says something.
func TestSparse(t *testing.T) {
	t.Parallel()
	type inner struct {
		Text string    `json:"text"`
		At   time.Time `json:"at"`
	}
	type event struct {
		Name    string            `json:"name"`
		Secret  issuing.Secret    `json:"secret"`
		Amount  issuing.Amount    `json:"amount"`
		Date    issuing.Date      `json:"date"`
		At      time.Time         `json:"at"`
		Count   int               `json:"count"`
		Size    uint8             `json:"size"`
		Done    bool              `json:"done"`
		Inner   inner             `json:"inner"`
		Pointer *inner            `json:"pointer"`
		List    []inner           `json:"list"`
		Map     map[string]string `json:"map"`
	}
	for want, v := range map[string]event{
		`{"count":0,"size":0,"done":false}`: {},
		`{"name":"n","secret":"s","count":1,"size":0,"done":true,"inner":{"text":"t"},"pointer":{},"list":[{"text":"x"},{}]}`: {
			Name: "n", Secret: issuing.NewSecret("s"), Count: 1, Done: true, Inner: inner{Text: "t"}, Pointer: &inner{},
			List: []inner{{Text: "x"}, {}},
		},
	} {
		if got, err := (Codec{Sparse: true}).Marshal(v); err != nil || string(got) != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}
