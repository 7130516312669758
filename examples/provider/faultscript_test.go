package acme_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"testing"

	acme "github.com/secretmux/secretmux/examples/provider"
	"github.com/secretmux/secretmux/testing/faultscript"
)

func TestFaultScript(t *testing.T) {
	faultscript.Run(t, func(t *testing.T, f faultscript.Fault) *faultscript.Subject {
		const name = "prod/" + faultscript.DefaultName
		s := newServer()
		s.set(name, []byte(faultscript.Canary+" 1"))
		s.set(name, []byte(faultscript.Canary+" 2"))
		subject, o, host := &faultscript.Subject{Calls: s.count}, acme.Options{}, ""
		switch f {
		case faultscript.Absent:
			delete(s.secrets, name)
		case faultscript.Deleted:
			s.secrets[name].code = "deleted"
		case faultscript.Disabled:
			s.secrets[name].code = "disabled"
		case faultscript.Denied:
			s.before(name, func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusForbidden, "denied") })
		case faultscript.Unauthenticated:
			s.token = "another"
		case faultscript.WrongChecksum:
			s.before(name, func(w http.ResponseWriter, _ *http.Request) {
				reply(w, wire{Name: name, Value: []byte(faultscript.Canary), Version: 1, SHA256: "00"})
			})
		case faultscript.Backwards:
			s.backwards(name)
		case faultscript.RefusedConnection:
			host = faultscript.Refused(t)
		case faultscript.NXDomain:
			none := &faultscript.NoHost{}
			o.Transport, subject.Calls, host = none, none.Calls, "localhost"
		default:
			h, ok := faultscript.HTTP(t, f)
			if !ok {
				t.Fatalf("the fault %q is unknown", f)
			}
			s.before("", h.ServeHTTP)
		}
		if host == "" {
			host = serve(t, s)
		}
		subject.Provider = open(t, "acme://"+host+"/prod?http=true", o)
		return subject
	})
}

// backwards makes the newest version vanish after its first read, as on a replica that
// lags behind.
func (s *server) backwards(name string) {
	first := true
	s.answer = func(http.ResponseWriter, *http.Request) bool {
		if !first {
			s.with(func() { s.secrets[name].values = s.secrets[name].values[:1] })
		}
		first = false
		return false
	}
}

// batchOf reports whether r is a batch that asks for name. It does not change the body.
func batchOf(r *http.Request, name string) bool {
	if r.URL.Path != "/v1/batch" {
		return false
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var ask struct{ Names []string }
	return json.Unmarshal(body, &ask) == nil && slices.Contains(ask.Names, name)
}
