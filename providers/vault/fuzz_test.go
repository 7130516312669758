package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
)

// The server may answer anything. Nothing panics, a document is an object of JSON,
// and only one form of the answer means that a secret is absent.
func FuzzAnswer(f *testing.F) {
	f.Add(200, []byte(`{"data":{"data":{"v":"x"},"metadata":{"version":1,"created_time":"2026-01-02T03:04:05Z","deletion_time":"","destroyed":false}}}`))
	f.Add(404, []byte(`{"errors":[]}`))
	f.Add(404, []byte(`{"errors":["no handler for route"]}`))
	f.Add(404, []byte(`{"data":null,"warnings":["Invalid path for a versioned K/V secrets engine"]}`))
	f.Add(200, []byte(`{"data":{"type":"kv","options":{"version":"2"}}}`))
	f.Add(404, []byte(`<html>not found</html>`))
	f.Add(200, []byte(`{"auth":{"client_token":"t","lease_duration":9223372036854775807}}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		a := answer{status: status, body: body}
		v, err := a.versioned()
		check(t, a, v.doc, err)
		doc, err := a.plain(errWantsV2)
		check(t, a, doc, err)
		for _, want := range []engine{engineV2, engineV1, engineDynamic} {
			if a.proves(want) == nil && !bytes.Contains(body, []byte("{")) {
				t.Errorf("status %d with %q passes for a proof", status, body)
			}
		}
		if info, err := a.token(); err == nil && !isToken(info.Token) {
			t.Error("what can't be sent passes for a token")
		}
	})
}

func check(t *testing.T, a answer, doc []byte, err error) {
	t.Helper()
	if err == nil && (a.status != http.StatusOK || len(doc) == 0 || doc[0] != '{' || !json.Valid(doc)) {
		t.Errorf("status %d: the document is not an object: %q", a.status, doc)
	}
	if errors.Is(err, errAbsent) && (a.status != http.StatusNotFound || !bytes.Contains(bytes.ToLower(a.body), []byte("errors"))) {
		t.Errorf("status %d with %q passes for absent", a.status, a.body)
	}
	if class, _ := classify(err); err != nil && class == nil {
		t.Errorf("%v has no class", err)
	}
}
