package httpauth_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/httpauth"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/memory"
)

func TestNewRefuses(t *testing.T) {
	store, err := secretmux.New(memory.New(map[string]string{
		"token": canary, "empty": "", "lines": canary + "\nx", "nul": canary + "\x00", "user": `{"user":"a:b","password":"` + canary + `"}`,
	}), secretmux.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	hosts := []string{"api.example.com"}
	for name, tt := range map[string]struct {
		store *secretmux.Store
		ref   string
		hosts []string
		opts  httpauth.Options
		class error
	}{
		"no store":        {nil, "token", hosts, httpauth.Options{}, secretmux.ErrInvalid},
		"no hosts":        {store, "token", nil, httpauth.Options{}, secretmux.ErrInvalid},
		"a URL":           {store, "token", []string{"https://" + canary}, httpauth.Options{}, secretmux.ErrInvalid},
		"a wildcard":      {store, "token", []string{"*.example.com"}, httpauth.Options{}, secretmux.ErrInvalid},
		"a path":          {store, "token", []string{"example.com/x"}, httpauth.Options{}, secretmux.ErrInvalid},
		"userinfo":        {store, "token", []string{canary + "@example.com"}, httpauth.Options{}, secretmux.ErrInvalid},
		"no port":         {store, "token", []string{"example.com:"}, httpauth.Options{}, secretmux.ErrInvalid},
		"a large port":    {store, "token", []string{"example.com:65536"}, httpauth.Options{}, secretmux.ErrInvalid},
		"an empty host":   {store, "token", []string{""}, httpauth.Options{}, secretmux.ErrInvalid},
		"a bad header":    {store, "token", hosts, httpauth.Options{Header: "X Key"}, secretmux.ErrInvalid},
		"the host header": {store, "token", hosts, httpauth.Options{Header: "host"}, secretmux.ErrInvalid},
		"absent":          {store, "absent", hosts, httpauth.Options{}, secretmux.ErrNotFound},
		"malformed":       {store, "../" + canary, hosts, httpauth.Options{}, secretmux.ErrInvalid},
		"empty":           {store, "empty", hosts, httpauth.Options{}, secretmux.ErrInvalid},
		"two lines":       {store, "lines", hosts, httpauth.Options{}, secretmux.ErrInvalid},
		"NUL":             {store, "nul", hosts, httpauth.Options{}, secretmux.ErrInvalid},
		"not a document":  {store, "token", hosts, httpauth.Options{Format: httpauth.Basic("user", "password")}, secretmux.ErrInvalid},
		"a colon in user": {store, "user", hosts, httpauth.Options{Format: httpauth.Basic("user", "password")}, secretmux.ErrInvalid},
		"Format that fails": {store, "token", hosts, httpauth.Options{Format: func(s secretmux.Secret) (string, error) {
			return "", errors.New("can't use " + s.Reveal())
		}}, secretmux.ErrInvalid},
	} {
		tr, err := httpauth.New(t.Context(), tt.store, tt.ref, tt.hosts, tt.opts)
		if !errors.Is(err, tt.class) || tr != nil {
			t.Errorf("%s: %v, want %v", name, err, tt.class)
		}
		conformance.NoLeak(t, err, canary)
	}
	if st := store.Status(); len(st) > 0 {
		for _, s := range st {
			if s.Watched {
				t.Errorf("%s is still watched after a New that failed", s.Ref)
			}
		}
	}
}

func TestFormats(t *testing.T) {
	pair := secretmux.NewSecret([]byte(`{"user":"Aladdin","password":"open sesame"}`), secretmux.Meta{})
	if got, err := httpauth.Basic("user", "password")(pair); err != nil || got != "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" { // the example of RFC 7617
		t.Errorf("%q, %v", got, err)
	}
	for value, want := range map[string]string{"abc": "abc", "abc\n": "abc", "abc\r\n": "abc", "abc\n\n": "abc\n"} {
		if got, err := httpauth.Raw(secretmux.NewSecret([]byte(value), secretmux.Meta{})); err != nil || got != want {
			t.Errorf("%q becomes %q, %v", value, got, err)
		}
	}
}

func TestUnauthorizedIsTheCallersChoice(t *testing.T) {
	asked := 0
	r := newRig(t, "one", []string{"api.example.com"}, httpauth.Options{
		Unauthorized: func(resp *http.Response) bool { return resp.StatusCode == http.StatusForbidden },
		Base:         base(func(*http.Request) *http.Response { asked++; return answer(http.StatusForbidden) }),
	})
	r.memory.Set("token", "two")
	if get(t, r, "https://api.example.com/"); asked != 2 {
		t.Errorf("%d requests, want a second one after 403", asked)
	}
}
