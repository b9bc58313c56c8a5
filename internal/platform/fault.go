package platform

import (
	"net/http"
	"strconv"
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// before runs the part of a fault that precedes the request's handling. It
// returns true when the request must not be handled.
func before(f issuingtest.Fault, w http.ResponseWriter) (stop bool) {
	switch f.Kind {
	case issuingtest.FaultKindDropBefore:
		abort()
	case issuingtest.FaultKindBadGatewayBefore:
		html502(w)
		return true
	case issuingtest.FaultKindRateLimited:
		w.Header().Set("Retry-After", strconv.Itoa(int(f.Wait/time.Second)))
		http.Error(w, "too many requests", http.StatusTooManyRequests)
		return true
	case issuingtest.FaultKindRefuse:
		status := f.Status
		if status < 200 || status > 599 {
			status = http.StatusInternalServerError // net/http panics on what is no status
		}
		send(w, "application/json", status, f.Body)
		return true
	case issuingtest.FaultKindDelayBefore:
		time.Sleep(f.Wait)
	}
	return false
}

// after runs the part of a fault that follows the request's handling, when w
// holds the headers of the reply. It returns true when it has answered.
func after(f issuingtest.Fault, w http.ResponseWriter, reply Reply) (answered bool) {
	switch f.Kind {
	case issuingtest.FaultKindDropAfter:
		abort()
	case issuingtest.FaultKindBadGatewayAfter:
		html502(w)
		return true
	case issuingtest.FaultKindReplace:
		send(w, "application/json", http.StatusOK, f.Body)
		return true
	case issuingtest.FaultKindTruncate:
		w.Header().Set("Content-Length", strconv.Itoa(len(reply.Body)+1))
		w.WriteHeader(reply.Status)
		_, _ = w.Write(reply.Body[:len(reply.Body)/2])
		_ = http.NewResponseController(w).Flush()
		abort()
	case issuingtest.FaultKindDelayAfter:
		time.Sleep(f.Wait)
	}
	return false
}

// abort breaks the connection; net/http recovers exactly this panic.
func abort() { panic(http.ErrAbortHandler) }

func html502(w http.ResponseWriter) {
	send(w, "text/html; charset=utf-8", http.StatusBadGateway,
		"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>\n")
}

func send(w http.ResponseWriter, contentType string, status int, body string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}
