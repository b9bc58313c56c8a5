package cases

import (
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// ids reads a list to its end, or to one more than most records, and returns the
// ids and the error that ended it.
func ids[T any](list iter.Seq2[*T, error], id func(*T) string, most int) (got []string, err error) {
	for item, err := range list {
		if err != nil {
			return got, err
		}
		if got = append(got, id(item)); len(got) > most {
			break
		}
	}
	return got, nil
}

// twice returns an error when a record came twice.
func twice(got []string) error {
	seen := map[string]bool{}
	for _, id := range got {
		if seen[id] {
			return fmt.Errorf("record %s came twice among %d", id, len(got))
		}
		seen[id] = true
	}
	return nil
}

// pageOf reads the number of the page that a request asks for, and its size.
func pageOf(r *http.Request, body []byte) (page, size int) {
	if r.Method == http.MethodGet {
		page, _ = strconv.Atoi(r.URL.Query().Get("page_number"))
		size, _ = strconv.Atoi(r.URL.Query().Get("page_size"))
		return max(page, 1), size
	}
	var in struct {
		Page int `json:"page"`
		Size int `json:"page_size"`
	}
	if plain, err := aesKey().OpenBody(body); err == nil {
		_ = json.Unmarshal(plain, &in)
	}
	return max(in.Page, 1), in.Size
}

// answerPage writes a page of records in the form of the request's platform.
func answerPage(r *http.Request, page, size, total int, records []string) (int, string) {
	var items []string
	for _, id := range records {
		items = append(items, `{"card_bin_id":"`+id+`","cardholder_id":"`+id+`"}`)
	}
	list := "[" + strings.Join(items, ",") + "]"
	if r.Method == http.MethodGet {
		return http.StatusOK, fmt.Sprintf(`{"total_items":%d,"total_pages":%d,"data":%s}`, total, (total+size-1)/size, list)
	}
	return http.StatusOK, fmt.Sprintf(`{"code":0,"data":{"total":%d,"page":%d,"page_size":%d,"list":%s}}`, total, page, size, list)
}

// numberedLists are the lists by page number, each over a platform.
var numberedLists = map[string]func(t *testing.T, rt http.RoundTripper, most int) ([]string, error){
	"worldcard": func(t *testing.T, rt http.RoundTripper, most int) ([]string, error) {
		list := worldCard(t, rt).Virtual.AllBINs(t.Context(), worldcard.BINsRequest{PageSize: 100})
		return ids(list, func(b *worldcard.BIN) string { return b.ID }, most)
	},
	"uqpay": func(t *testing.T, rt http.RoundTripper, most int) ([]string, error) {
		list := uqpayClient(t, rt).Cardholders.All(t.Context(), uqpay.CardholdersRequest{})
		return ids(list, func(h *uqpay.Cardholder) string { return h.ID }, most)
	},
}

// Lists that lie, with one record to a page: neither an end nor a repeat comes
// without a word, and nothing is asked for ever.
func TestPagesThatLie(t *testing.T) {
	t.Parallel()
	const (
		huge  = 1 << 30
		most  = 300 // records that are read of a list without an end
		bound = 100 // pages that may be asked in vain
	)
	// Which record a page holds, 0 for none, and which number it shows.
	upTo := func(last int) func(int) int {
		return func(page int) int {
			if page > last {
				return 0
			}
			return page
		}
	}
	odd := func(page int) int { return page % 2 * upTo(3)(page) }
	again := func(page int) int { return min(page, 3) }
	asked := func(page int) int { return page }
	for _, tt := range []struct {
		name         string
		total        int
		holds, shown func(page int) int
		want         int   // records
		end          error // what the list ends with
	}{
		{"plain", 3, upTo(3), asked, 3, nil},
		{"the last page again, under its number", 1000, again, again, 3, issuing.ErrBadResponse},
		{"the last page again, under the number asked for", 1000, again, asked, 3, issuing.ErrBadResponse},
		{"an empty page in the middle", 3, odd, asked, 2, nil},
		{"empty pages without end", huge, upTo(5), asked, 5, issuing.ErrBadResponse},
		{"records without end", huge, asked, asked, most + 1, nil},
		{"a total that is too low", 1, upTo(3), asked, 3, nil},
		{"a total of zero", 0, upTo(3), asked, 3, nil},
	} {
		for provider, read := range numberedLists {
			hold(t, provider+", "+tt.name, "", func(t *testing.T) error {
				var calls atomic.Int64
				got, err := read(t, platform(func(r *http.Request, body []byte) (int, string) {
					if calls.Add(1) > most+bound {
						return http.StatusBadRequest, `{"type":"test","code":"too_many","message":"asked too often"}`
					}
					page, _ := pageOf(r, body)
					var records []string
					if n := tt.holds(page); n > 0 {
						records = []string{strconv.Itoa(n)}
					}
					return answerPage(r, tt.shown(page), 1, tt.total, records)
				}), most)
				switch {
				case twice(got) != nil:
					return twice(got)
				case len(got) != tt.want || calls.Load() > int64(tt.want+bound):
					return fmt.Errorf("%d records in %d calls, want %d", len(got), calls.Load(), tt.want)
				}
				return kind(err, tt.end)
			})
		}
	}
}

// A record arrives with every call, newest first, so that every later page is
// shifted by one and begins with a record that was seen.
func TestListGrows(t *testing.T) {
	t.Parallel()
	const first = 205
	for provider, read := range numberedLists {
		hold(t, provider, "", func(t *testing.T) error {
			var arrived atomic.Int64
			got, err := read(t, platform(func(r *http.Request, body []byte) (int, string) {
				page, size := pageOf(r, body)
				total := first + int(arrived.Add(1)) - 1
				var records []string
				for n := total - (page-1)*size; n > max(total-page*size, 0); n-- {
					records = append(records, strconv.Itoa(n))
				}
				return answerPage(r, page, size, total, records)
			}), 10*first)
			if err != nil {
				return err
			}
			if len(got) < first {
				return fmt.Errorf("%d records, want the %d that were there", len(got), first)
			}
			return twice(got)
		})
	}
}

// The platform returns fewer records on a page than were asked for, because it has
// a limit of its own: a short page is not the last one.
func TestPageSizeCapped(t *testing.T) {
	t.Parallel()
	const records, most = 120, 50
	hold(t, "legacy VISA-H", "", func(t *testing.T) error {
		c := legacyClient(t, platform(func(_ *http.Request, body []byte) (int, string) {
			var in map[string]any // numbers, or their texts
			if err := json.Unmarshal(body, &in); err != nil {
				return http.StatusBadRequest, ""
			}
			offset, _ := strconv.Atoi(fmt.Sprint(in["offset"]))
			size, _ := strconv.Atoi(fmt.Sprint(in["pageSize"]))
			return http.StatusOK, `{"status":200,"msg":"ok","success":true,"data":` + numbered("transactionId", offset, min(size, most), records) + `}`
		}))
		list := c.VisaH.AllTransactions(t.Context(), legacy.VisaHTransactionsRequest{
			CardNumber: issuing.NewSecret("4111111111111111"), PageSize: 100,
			From: issuing.NewDate(2026, 1, 1), To: issuing.NewDate(2026, 1, 31),
		})
		got, err := ids(list, func(tx *legacy.VisaHTransaction) string { return tx.ID }, records)
		return complete(got, err, records)
	})
	hold(t, "kazepay", "", func(t *testing.T) error {
		got, err := kazepayTransactions(t, most, records)
		return complete(got, err, records)
	})
}

// KazePay's pages end at the tenth: what lies beyond is told.
func TestTenPages(t *testing.T) {
	t.Parallel()
	hold(t, "kazepay, 1000 records", "", func(t *testing.T) error {
		got, err := kazepayTransactions(t, 100, 999)
		return complete(got, err, 999)
	})
	hold(t, "kazepay, 1200 records", "", func(t *testing.T) error {
		got, err := kazepayTransactions(t, 100, 1200)
		if err == nil {
			return fmt.Errorf("%d records of 1200 without a word", len(got))
		}
		return complete(got, nil, 1000)
	})
}

func complete(got []string, err error, want int) error {
	switch {
	case err != nil:
		return err
	case len(got) != want:
		return fmt.Errorf("%d records, want %d", len(got), want)
	}
	return twice(got)
}

// numbered is a JSON list of count records of total from one on.
func numbered(id string, from, count, total int) string {
	var items []string
	for i := from; i < min(from+count, total); i++ {
		items = append(items, fmt.Sprintf(`{"%s":"%d"}`, id, i))
	}
	return "[" + strings.Join(items, ",") + "]"
}

// kazepayTransactions reads the transactions of a platform that gives at most so
// many on a page.
func kazepayTransactions(t *testing.T, most, records int) ([]string, error) {
	t.Helper()
	answer := func(_ *http.Request, body []byte) (int, string) {
		e, err := sign.ParseEnvelope(body)
		if err != nil {
			return http.StatusBadRequest, ""
		}
		plain, err := (sign.Profile{}).Open(private(), merchant().Public(), e)
		if err != nil {
			return http.StatusBadRequest, ""
		}
		var in struct{ PageSize, PageNum int }
		if err := json.Unmarshal(plain, &in); err != nil {
			return http.StatusBadRequest, ""
		}
		size := min(in.PageSize, most)
		sealed, err := (sign.Profile{}).Seal(private(), merchant().Public(), []byte(`{"code":"SUCCESS","detail":"SUCCESS"}`),
			[]byte(numbered("transactionId", (max(in.PageNum, 1)-1)*size, size, records)))
		if err != nil {
			return http.StatusInternalServerError, ""
		}
		return http.StatusOK, string(sealed.JSON())
	}
	c, err := kazepay.New(kazepay.Config{BaseURL: base, SysID: "s", PrivateKey: merchant(), PlatformKey: private().Public()}, options(platform(answer), nil)...)
	if err != nil {
		t.Fatal(err)
	}
	list := c.Cards.AllTransactions(t.Context(), kazepay.TransactionsRequest{CardID: "1"})
	return ids(list, func(tx *kazepay.Transaction) string { return tx.ID }, records)
}
