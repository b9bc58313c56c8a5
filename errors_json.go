package issuing

import (
	"encoding/json"
	"reflect"
	"strings"
)

// MarshalJSON writes what [Error.Error] prints, one member a field: provider, op,
// kind, status, code (the provider's own, as it came), message, key, request_id,
// attempts, fields and cause. What is empty is left out, and what others wrote is
// clipped and made one line, as in the text. It holds no secret. An error that wraps
// an *Error has to be unwrapped with errors.As first: encoding/json does not look
// into it.
func (e *Error) MarshalJSON() ([]byte, error) {
	out := struct {
		Provider  string       `json:"provider"`
		Op        string       `json:"op,omitempty"`
		Kind      string       `json:"kind,omitempty"`
		Status    int          `json:"status,omitempty"`
		Code      string       `json:"code,omitempty"`
		Message   string       `json:"message,omitempty"`
		Key       string       `json:"key,omitempty"`
		RequestID string       `json:"request_id,omitempty"`
		Attempts  int          `json:"attempts,omitempty"`
		Fields    []FieldError `json:"fields,omitempty"`
		Cause     string       `json:"cause,omitempty"`
	}{
		Provider: e.Provider, Op: e.Op, Status: e.Status, Code: oneLine(codeText(e.Code), maxMessage),
		Message: oneLine(e.Message, maxMessage), Key: clip(e.Key, maxMessage),
		RequestID: clip(e.RequestID, maxMessage), Attempts: e.Attempts, Fields: e.Fields,
	}
	if e.Kind != nil {
		out.Kind = e.Kind.Error()
	}
	if e.Err != nil {
		out.Cause = oneLine(e.Err.Error(), maxCause)
	}
	return json.Marshal(out)
}

// codeText is a provider's code as it came: Code types are texts or numbers whose
// Error method adds what they mean.
func codeText(code error) string {
	if code == nil {
		return ""
	}
	switch v := reflect.ValueOf(code); v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Int, reflect.Int32, reflect.Int64:
		text, _ := json.Marshal(v.Int())
		return string(text)
	default:
		return code.Error()
	}
}

// said reports whether the text of the code already has the platform's message in
// it: a code's meaning is often the very sentence that comes with it.
func (e *Error) said(message string) bool {
	if e.Code == nil {
		return false
	}
	plain := func(s string) string { return strings.ToLower(strings.Trim(s, " \t\r\n.!")) }
	return strings.Contains(plain(e.Code.Error()), plain(message))
}
