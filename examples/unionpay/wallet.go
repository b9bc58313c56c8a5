package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"sync"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// step is one line of the page.
type step struct {
	Text  string              // what happened
	Card  string              // the masked card number, where it is known
	State unionpay.TokenState // the token's state afterwards
}

// wallet is the token requestor behind the page. A real one keeps its tokens in
// an encrypted store and asks for a login before anything else.
type wallet struct {
	client        *unionpay.Client
	links         *unionpay.Links
	notifications *webhook.Handler

	mu      sync.Mutex
	pending map[string]*unionpay.Link // by the confirmation's secret
	list    []step
	back    string // the way back to the issuer
	state   unionpay.TokenState
	changed chan struct{} // closed and replaced at every step
}

// maxPending bounds the links that wait for a confirmation.
const maxPending = 1000

func (w *wallet) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /link", w.link)
	mux.HandleFunc("POST /confirm", w.confirm)
	mux.HandleFunc("GET /cards", w.cards)
	mux.HandleFunc("GET /steps", w.stepsJSON)
	mux.Handle("POST /callbacks/unionpay", w.notifications)
	return mux
}

func (w *wallet) add(s step, back string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, s)
	if s.State != "" {
		w.state = s.State
	}
	if back != "" {
		w.back = back
	}
	close(w.changed)
	w.changed = make(chan struct{})
}

func (w *wallet) steps() []step {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]step(nil), w.list...)
}

// wait returns when the token has a state.
func (w *wallet) wait(ctx context.Context, state unionpay.TokenState) error {
	for {
		w.mu.Lock()
		reached, changed := w.state == state, w.changed
		w.mu.Unlock()
		if reached {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// page writes a template with headers that keep the page to itself.
func page(rw http.ResponseWriter, status int, t *template.Template, data any) {
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'unsafe-inline'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'")
	rw.Header().Set("Referrer-Policy", "no-referrer")
	rw.Header().Set("Cache-Control", "no-store")
	rw.WriteHeader(status)
	_ = t.Execute(rw, data)
}

// link is what the issuer's app opens. A link proves nothing about who made it,
// so it only leads to a question.
func (w *wallet) link(rw http.ResponseWriter, r *http.Request) {
	link, err := w.links.Parse("https://" + r.Host + r.URL.RequestURI())
	if err != nil {
		page(rw, http.StatusBadRequest, failed, "This link is not valid. Start again in your bank's app.")
		return
	}
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		page(rw, http.StatusInternalServerError, failed, "Try again later.")
		return
	}
	secret := hex.EncodeToString(random[:])
	w.mu.Lock()
	if len(w.pending) >= maxPending {
		clear(w.pending)
	}
	w.pending[secret] = link
	w.mu.Unlock()
	w.add(step{Text: "Issuer " + link.IssuerID + " pushed a card"}, "")
	page(rw, http.StatusOK, question, struct{ Issuer, Secret string }{link.IssuerID, secret})
}

// confirm takes the push and asks for the token.
func (w *wallet) confirm(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	link := w.pending[r.PostFormValue("confirm")]
	delete(w.pending, r.PostFormValue("confirm"))
	w.mu.Unlock()
	if link == nil || w.links.Accept(link) != nil {
		page(rw, http.StatusConflict, failed, "This card was added before, or its link is too old.")
		return
	}
	w.add(step{Text: "You confirmed"}, "")
	result := unionpay.LinkResult{Code: unionpay.CodeApproved, Message: "Card added"}
	token, err := w.request(r.Context(), link)
	if err != nil {
		result = unionpay.LinkResult{Code: refusalCode(err), Message: "Card not added"}
	}
	back, answerErr := w.links.Answer(link, result)
	if answerErr != nil {
		back = ""
	}
	if err != nil {
		w.add(step{Text: "UnionPay issued no token (code " + string(result.Code) + ")"}, back)
	} else {
		w.add(step{Text: "UnionPay issued the token", Card: token.MaskedPAN, State: token.State}, back)
	}
	http.Redirect(rw, r, "/cards", http.StatusSeeOther)
}

// request asks for the token. What is open is settled by the inquiry, where
// UnionPay has agreed one; never by a second request.
func (w *wallet) request(ctx context.Context, link *unionpay.Link) (*unionpay.Token, error) {
	token, err := w.client.Tokens.Request(ctx, unionpay.TokenRequest{
		DeviceID: "example-device-1", IssuerID: link.IssuerID, AuthorizationData: link.AuthData,
		UseCases: []unionpay.UseCase{unionpay.UseCaseQRC},
	})
	var e *issuing.Error
	if errors.Is(err, issuing.ErrOutcomeUnknown) && errors.As(err, &e) {
		return w.client.Tokens.TokenByRequest(ctx, e.Key)
	}
	return token, err
}

// refusalCode is the two characters that the issuer's front end is told.
func refusalCode(err error) unionpay.Code {
	var code unionpay.Code
	if errors.As(err, &code) {
		return code
	}
	return unionpay.CodeOtherFault
}

// notified handles what UnionPay sends.
func (w *wallet) notified(_ context.Context, event *webhook.Event) error {
	if changed, ok := event.Data.(*unionpay.TokenStateChanged); ok {
		w.add(step{Text: fmt.Sprintf("The issuer made the token %s", changed.State), State: changed.State}, "")
	}
	return nil
}

func (w *wallet) cards(rw http.ResponseWriter, _ *http.Request) {
	w.mu.Lock()
	// Links checked the scheme of the way back against the issuer's allow list.
	data := struct {
		State unionpay.TokenState
		Steps []step
		Back  template.URL
	}{w.state, append([]step(nil), w.list...), template.URL(w.back)}
	w.mu.Unlock()
	page(rw, http.StatusOK, cards, data)
}

func (w *wallet) stepsJSON(rw http.ResponseWriter, _ *http.Request) {
	rw.Header().Set("Content-Type", "application/json")
	rw.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(rw).Encode(w.steps())
}

var (
	question = template.Must(template.New("question").Parse(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Add a card</title>
<h1>Add a card?</h1>
<p>Issuer {{.Issuer}} offers a card to your wallet. Continue only if you started this in your bank's app.</p>
<form method="post" action="/confirm"><input type="hidden" name="confirm" value="{{.Secret}}"><button>Add the card</button></form>
</html>`))
	failed = template.Must(template.New("failed").Parse(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Not added</title>
<h1>Not added</h1><p>{{.}}</p></html>`))
	cards = template.Must(template.New("cards").Parse(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Your card</title>
<h1>Your card is <span id="state">{{.State}}</span></h1>
<ol id="steps">{{range .Steps}}<li>{{.Text}}{{with .Card}} ({{.}}){{end}}</li>{{end}}</ol>
{{with .Back}}<p><a id="back" href="{{.}}">Back to your bank's app</a></p>{{end}}
<p id="live">loading</p>
<script>
async function refresh() {
  const steps = await (await fetch("/steps")).json();
  const list = document.getElementById("steps");
  list.replaceChildren(...steps.map(s => {
    const li = document.createElement("li");
    li.textContent = s.Text + (s.Card ? " (" + s.Card + ")" : "");
    return li;
  }));
  const last = steps.map(s => s.State).filter(Boolean).pop();
  document.getElementById("state").textContent = last || "";
  document.getElementById("live").textContent = "live: " + steps.length + " steps";
}
refresh();
setInterval(refresh, 1000);
</script></html>`))
)
