package vault

import (
	"bytes"
	"encoding/json"
)

// envelope is the JSON that the API answers with. One type serves all calls, so a
// warning, a wrapped answer or an error list is noticed wherever it comes. See
// https://developer.hashicorp.com/vault/api-docs#api-operations.
type envelope struct {
	LeaseID       string          `json:"lease_id"`
	LeaseDuration int64           `json:"lease_duration"`
	Renewable     bool            `json:"renewable"`
	Data          json.RawMessage `json:"data"`
	Warnings      []string        `json:"warnings"`
	// Errors is nil if the answer does not have the API's form. An empty list is
	// the API's way to say that nothing was found. The two must not be confused: a
	// 404 page of a proxy says nothing about a secret. So no code here may replace
	// nil by an empty list, or test the length where it means the form.
	Errors []string  `json:"errors"`
	Auth   *authInfo `json:"auth"`
	// Wrap is set if the answer is a token to unwrap and not the data. A proxy can
	// ask for that with a header that this client never sends
	// (https://developer.hashicorp.com/vault/docs/concepts/response-wrapping).
	Wrap json.RawMessage `json:"wrap_info"`
}

// authInfo is the auth part of a login or a renewal. Type says whether it is a batch token,
// which the server does not store and therefore can't revoke.
type authInfo struct {
	Token         string `json:"client_token"`
	LeaseDuration int64  `json:"lease_duration"`
	Renewable     bool   `json:"renewable"`
	Type          string `json:"token_type"`
}

// open decodes the body. Anything except a JSON object is errMalformed, without the
// decoder's error, which may quote the body. Without the check of the first byte,
// null would decode into an empty envelope and look like an answer without data.
func (a answer) open() (envelope, error) {
	// A body that broke off is judged only here. An answer whose status is enough
	// is never opened.
	if a.broken != nil {
		return envelope{}, a.broken
	}
	var e envelope
	if len(bytes.TrimSpace(a.body)) == 0 {
		return envelope{}, errEmpty
	}
	if bytes.TrimSpace(a.body)[0] != '{' || json.Unmarshal(a.body, &e) != nil {
		return envelope{}, errMalformed
	}
	return e, nil
}

// isNull reports whether a field is absent or null. Both mean the same: which one the server
// writes depends on its version and on the engine.
func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// object returns a JSON object without white space and with all digits of its
// numbers. So white space that a proxy adds does not look like a rotation. Decoding
// into a map and encoding it again would also remove the white space, but it would
// turn large numbers into floats. Anything except an object is errMalformed.
func object(raw json.RawMessage) ([]byte, error) {
	var compact bytes.Buffer
	if isNull(raw) || raw[0] != '{' || json.Compact(&compact, raw) != nil {
		return nil, errMalformed
	}
	return compact.Bytes(), nil
}
