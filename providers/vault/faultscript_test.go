package vault_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/providers/vault"
	"github.com/secretmux/secretmux/testing/faultscript"
)

func TestFaultScriptV2(t *testing.T) {
	faultscript.Run(t, func(t *testing.T, f faultscript.Fault) *faultscript.Subject {
		return subject(t, f, "/kv/app/?http=true&field=value")
	})
}

func TestFaultScriptV1(t *testing.T) {
	faultscript.Run(t, func(t *testing.T, f faultscript.Fault) *faultscript.Subject {
		switch f {
		case faultscript.Deleted, faultscript.Disabled:
			return &faultscript.Subject{NotApplicable: "KV version 1 can't disable secrets"}
		case faultscript.Backwards:
			return &faultscript.Subject{NotApplicable: "KV version 1 has no versions"}
		}
		return subject(t, f, "/old/app/?http=true&kv=1&field=value")
	})
}

// subject opens a link over a server that plays f.
func subject(t *testing.T, f faultscript.Fault, link string) *faultscript.Subject {
	t.Helper()
	s := newServer()
	s.tokens = map[string]*token{faultscript.Credential: {}}
	name := "app/" + faultscript.DefaultName
	s.put(name, map[string]any{"value": faultscript.Canary})
	s.put(name, map[string]any{"value": faultscript.Canary})
	s.plain[name] = map[string]any{"value": faultscript.Canary}
	subject := &faultscript.Subject{Calls: s.count}
	options := vault.Options{LookupEnv: environment("VAULT_TOKEN=" + faultscript.Credential)}
	host := ""
	switch f {
	case faultscript.RefusedConnection:
		host = faultscript.Refused(t)
	case faultscript.NXDomain:
		none := &faultscript.NoHost{}
		options.Transport, subject.Calls, host = none, none.Calls, "localhost:8200"
	case faultscript.WrongChecksum:
		return &faultscript.Subject{NotApplicable: "the API has no checksums"}
	case faultscript.Denied, faultscript.Unauthenticated:
		subject.MaxCalls, subject.Reason = 2, "a policy and a bad token both give 403; lookup-self tells which it is"
	}
	if host == "" {
		host = play(t, s, f, name)
	}
	subject.Provider = (&fixture{}).link(t, "vault://"+host+link, options)
	return subject
}

// play serves s with the fault on loopback and returns the host.
func play(t *testing.T, s *server, f faultscript.Fault, name string) string {
	t.Helper()
	switch f {
	case faultscript.Absent:
		s.with(func() { delete(s.secrets, name); delete(s.plain, name) })
	case faultscript.Deleted:
		s.change(name, func(v *version) { v.deletion = "2026-01-02T03:04:05Z" })
	case faultscript.Disabled:
		s.change(name, func(v *version) { v.destroyed = true })
	case faultscript.Denied:
		s.with(func() { s.denied["kv/data/"+name], s.denied["old/"+name] = true, true })
	case faultscript.Unauthenticated:
		s.with(func() { delete(s.tokens, faultscript.Credential) })
	case faultscript.Backwards:
		s.backwards(name)
	default:
		h, ok := faultscript.HTTP(t, f)
		if !ok {
			t.Fatalf("the fault %q is unknown", f)
		}
		s.answer = func(w http.ResponseWriter, r *http.Request) bool {
			h.ServeHTTP(w, r)
			return true
		}
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// backwards makes the newest version of a secret vanish after its first read, as
// it does on a replica that lags behind.
func (s *server) backwards(name string) {
	first := true
	s.answer = func(http.ResponseWriter, *http.Request) bool {
		if !first {
			s.with(func() { s.secrets[name].versions = s.secrets[name].versions[:1] })
		}
		first = false
		return false
	}
}
