package acme_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	acme "github.com/secretmux/secretmux/examples/provider"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/faultscript"
)

const canary = "Wd8rTk2nXv5qLm3z"

func TestOptionsThatCantWork(t *testing.T) {
	token := secretmux.NewSecret([]byte(canary), secretmux.Meta{})
	for name, o := range map[string]acme.Options{
		"no host":              {Token: token},
		"a host with a user":   {Host: "user:" + canary + "@acme.example", Token: token},
		"a host with a path":   {Host: "acme.example/" + canary, Token: token},
		"a folder that climbs": {Host: "acme.example", Folder: "../" + canary, Token: token},
		"plain HTTP":           {Host: "acme.example", HTTP: true, Token: token},
		"no credential":        {Host: "acme.example"},
		"two credentials":      {Host: "acme.example", Token: token, TokenFile: canary},
	} {
		_, err := acme.New(o)
		if !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
		conformance.NoLeak(t, err, canary)
	}
}

func TestLinksThatCantWork(t *testing.T) {
	backend := acme.Options{Token: secretmux.NewSecret([]byte("t"), secretmux.Meta{})}.Backend()
	for _, config := range []string{
		"acme:", "acme:///prod", "acme://acme.example/prod?" + canary + "=1", "acme://acme.example/prod?http=" + canary,
		"acme://acme.example/prod?token_file=", "acme://acme.example/" + canary + "/%2E%2E",
	} {
		_, err := secretmux.Open(t.Context(), config, backend)
		if !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%v, want ErrInvalid", err)
		}
		conformance.NoLeak(t, err, canary)
	}
}

func TestTokenFileIsReadForEachCall(t *testing.T) {
	s := newServer()
	s.set("prod/key", []byte("value"))
	file := filepath.Join(t.TempDir(), "token")
	p := open(t, "acme://"+serve(t, s)+"/prod?http=true", acme.Options{TokenFile: file})
	for _, step := range []struct {
		content string
		want    error
	}{
		{faultscript.Credential + "\n", nil},
		{canary, secretmux.ErrUnauthenticated},
		{"", secretmux.ErrUnauthenticated},
		{faultscript.Credential, nil},
	} {
		if err := os.WriteFile(file, []byte(step.content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := p.Get(t.Context(), "key")
		if secretmux.ClassOf(err) != step.want {
			t.Errorf("%v, want %v", err, step.want)
		}
		conformance.NoLeak(t, err, canary, faultscript.Credential)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Get(t.Context(), "key"); !errors.Is(err, secretmux.ErrUnauthenticated) {
		t.Errorf("without the file: %v", err)
	}
}

// A reader's hooks would see the token of the load that serves all readers.
func TestHooksDontSeeTheToken(t *testing.T) {
	s := newServer()
	s.set("key", []byte("value"))
	p := open(t, "acme://"+serve(t, s)+"?http=true", acme.Options{})
	var seen []string
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		WroteHeaderField: func(key string, values []string) { seen = append(seen, key) },
	})
	if _, err := p.Get(ctx, "key"); err != nil {
		t.Fatal(err)
	}
	if len(seen) > 0 {
		t.Errorf("the hooks saw %v", seen)
	}
}

func TestNothingPrintsTheToken(t *testing.T) {
	s := newServer()
	s.set("key", []byte(faultscript.Canary))
	p := open(t, "acme://"+serve(t, s)+"?http=true", acme.Options{})
	if _, err := p.Get(t.Context(), "key"); err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, p); faultscript.Leaks(text) {
			t.Errorf("%s shows the token or a value", verb)
		}
	}
}

// A name is always one segment of the path.
func TestNamesAreEscaped(t *testing.T) {
	s := newServer()
	path := ""
	s.answer = func(_ http.ResponseWriter, r *http.Request) bool { path = r.URL.EscapedPath(); return false }
	p := open(t, "acme://"+serve(t, s)+"/prod?http=true", acme.Options{})
	for name, want := range map[string]string{
		"db/password": "prod%2Fdb%2Fpassword", "50%": "prod%2F50%25", "%2e%2e": "prod%2F%252e%252e", "a;b c": "prod%2Fa%3Bb%20c",
	} {
		s.set("prod/"+name, []byte("value"))
		if _, err := p.Get(t.Context(), name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := strings.TrimPrefix(path, "/v1/secrets/"); got != want {
			t.Errorf("%s is sent as %s, want %s", name, got, want)
		}
	}
}

func TestListEndsWherePagesDont(t *testing.T) {
	s := newServer()
	s.before("", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{"names": []string{"a"}, "next": "a"})
	})
	p := open(t, "acme://"+serve(t, s)+"?http=true", acme.Options{})
	var last error
	for _, err := range p.List(t.Context(), "") {
		last = err
	}
	if !errors.Is(last, secretmux.ErrCorrupt) {
		t.Errorf("%v, want ErrCorrupt", last)
	}
}

func TestClosed(t *testing.T) {
	s := newServer()
	p := open(t, "acme://"+serve(t, s)+"?http=true", acme.Options{})
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Get(t.Context(), "key"); !errors.Is(err, secretmux.ErrClosed) || s.count() != 0 {
		t.Errorf("%v after %d calls, want ErrClosed after none", err, s.count())
	}
}

// For every answer of the server, the outcome is a secret, or an error without the
// answer.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "null", "[]", `{"name":"key"}`, `{"name":"key","value":"dg==","version":1}`, `{"error":"absent"}`,
		`{"secrets":[{"name":"key","error":"odd"}]}`, `{"names":null}`, "<!DOCTYPE html>",
	} {
		f.Add(200, seed)
		f.Add(404, seed)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 999 {
			return // net/http makes no such answer
		}
		s := newServer()
		s.before("", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body + canary))
		})
		p := open(t, "acme://"+serve(t, s)+"?http=true", acme.Options{})
		_, err := p.Get(t.Context(), "key")
		if err == nil {
			t.Error("an answer with a tail was read")
		}
		conformance.NoLeak(t, err, canary)
		results, _ := p.GetMany(t.Context(), []string{"key"})
		conformance.NoLeak(t, results[0].Err, canary)
	})
}
