package vault

import (
	"bytes"
	"encoding/json"
)

// envelope is the JSON that the API answers with.
type envelope struct {
	LeaseID       string          `json:"lease_id"`
	LeaseDuration int64           `json:"lease_duration"`
	Renewable     bool            `json:"renewable"`
	Data          json.RawMessage `json:"data"`
	Warnings      []string        `json:"warnings"`
	// Errors is nil where the answer does not have the API's form. An empty list is
	// how the API says that there is nothing, so the two must not be confused.
	Errors []string  `json:"errors"`
	Auth   *authInfo `json:"auth"`
	// Wrap is set where the answer is a token to unwrap instead of data.
	Wrap json.RawMessage `json:"wrap_info"`
}

type authInfo struct {
	Token         string `json:"client_token"`
	LeaseDuration int64  `json:"lease_duration"`
	Renewable     bool   `json:"renewable"`
	Type          string `json:"token_type"`
}

// open decodes the body. What is not a JSON object is errMalformed, without the
// decoder's error, which may quote it. Null and other values would decode into an
// envelope as well, and pass for an answer without data.
func (a answer) open() (envelope, error) {
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

// isNull reports whether a field is absent or null.
func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// object returns a JSON object in its shortest form, digits kept, so that white
// space that a proxy adds is not a rotation. Anything else is errMalformed.
func object(raw json.RawMessage) ([]byte, error) {
	var compact bytes.Buffer
	if isNull(raw) || raw[0] != '{' || json.Compact(&compact, raw) != nil {
		return nil, errMalformed
	}
	return compact.Bytes(), nil
}
