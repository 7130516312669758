package httpauth_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/httpauth"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/memory"
)

// Where the credential goes, URL by URL.
func TestWhereTheCredentialGoes(t *testing.T) {
	hosts := []string{"api.example.com", "Other.Example.com:8443", "localhost:9", "::1", "[::1]:81"}
	for url, want := range map[string]bool{
		"https://api.example.com/":            true,
		"https://API.example.com:443/x":       true,
		"https://api.example.com./":           true,
		"https://api.example.com:8443/":       false,
		"https://sub.api.example.com/":        false,
		"https://example.com/":                false,
		"https://api.example.com.evil.test/":  false,
		"https://other.example.com:8443/":     true,
		"https://other.example.com/":          false,
		"http://localhost:9/":                 true,
		"http://localhost/":                   false,
		"http://[::1]/":                       true,
		"http://[::1]:81/":                    true,
		"http://[::1]:82/":                    false,
		"https://evil.test/api.example.com":   false,
		"https://evil.test/?api.example.com":  false,
		"https://evil.test/#@api.example.com": false,
	} {
		var got []string
		r := newRig(t, canary, hosts, httpauth.Options{Base: base(func(req *http.Request) *http.Response {
			got = req.Header["Authorization"]
			return answer(http.StatusOK)
		})})
		get(t, r, url)
		if sent := len(got) == 1 && got[0] == "Bearer "+canary; sent != want || !want && len(got) > 0 {
			t.Errorf("%s: sent is %t, want %t", url, sent, want)
		}
	}
}

func TestPlainHTTPIsRefused(t *testing.T) {
	asked := 0
	o := httpauth.Options{Base: base(func(*http.Request) *http.Response { asked++; return answer(http.StatusOK) })}
	r := newRig(t, canary, []string{"api.example.com"}, o)
	body := &closed{Reader: strings.NewReader("x")}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://api.example.com/", body)
	_, err := r.RoundTrip(req) //nolint:bodyclose // there is none
	if !errors.Is(err, secretmux.ErrInvalid) || asked != 0 || !body.was.Load() {
		t.Errorf("%v, %d requests, body closed %t", err, asked, body.was.Load())
	}
	conformance.NoLeak(t, err, canary)
	o.AllowHTTP = true
	if get(t, newRig(t, canary, []string{"api.example.com"}, o), "http://api.example.com/"); asked != 1 {
		t.Error("AllowHTTP sends nothing")
	}
}

type closed struct {
	io.Reader
	was atomic.Bool
}

func (c *closed) Close() error { c.was.Store(true); return nil }

func TestTheCallersHeaderStays(t *testing.T) {
	for url, want := range map[string]string{"https://api.example.com/": "mine", "https://elsewhere.test/": "mine"} {
		r := newRig(t, canary, []string{"api.example.com"}, httpauth.Options{Base: base(func(req *http.Request) *http.Response {
			if got := req.Header.Get("Authorization"); got != want {
				t.Errorf("%s: %q", url, got)
			}
			return answer(http.StatusUnauthorized)
		})})
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		req.Header.Set("Authorization", "mine")
		resp, err := r.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if r.memory.Reads("token") != 1 {
			t.Error("a refusal of the caller's own credential renewed ours")
		}
	}
}

// A caller that copies headers by hand must not carry our value elsewhere.
func TestACopyOfOurValueIsTakenOut(t *testing.T) {
	r := newRig(t, canary, []string{"api.example.com"}, httpauth.Options{Header: "x-api-key", Format: httpauth.Raw, Base: base(func(req *http.Request) *http.Response {
		if req.Header.Get("X-Api-Key") != "" || req.Header.Get("Other") != "stays" {
			t.Errorf("the headers are %v", req.Header)
		}
		return answer(http.StatusOK)
	})})
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://elsewhere.test/", nil)
	req.Header.Set("X-Api-Key", canary)
	req.Header.Set("Other", "stays")
	resp, err := r.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if req.Header.Get("X-Api-Key") != canary {
		t.Error("the caller's request was changed")
	}
}

// server accepts one token, and can change it before the store knows.
type server struct {
	mu     sync.Mutex
	token  string
	asked  atomic.Int64
	bodies []string
}

func (s *server) set(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = token
}

func (s *server) answer(req *http.Request) *http.Response {
	s.asked.Add(1)
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bodies = append(s.bodies, string(body))
	if req.Header.Get("Authorization") != "Bearer "+s.token {
		return answer(http.StatusUnauthorized)
	}
	return answer(http.StatusOK)
}

func TestOneRetryAfterARotation(t *testing.T) {
	s := &server{token: "one"}
	r := newRig(t, "one", []string{"api.example.com"}, httpauth.Options{Base: base(s.answer)})
	r.memory.Set("token", "two")
	s.set("two")
	if got := get(t, r, "https://api.example.com/").StatusCode; got != http.StatusOK || s.asked.Load() != 2 || r.memory.Reads("token") != 2 {
		t.Errorf("status %d after %d requests and %d reads", got, s.asked.Load(), r.memory.Reads("token"))
	}
	s.set("three") // the store has nothing newer
	if got := get(t, r, "https://api.example.com/").StatusCode; got != http.StatusUnauthorized || s.asked.Load() != 3 {
		t.Errorf("status %d after %d requests, want the 401 and no second try", got, s.asked.Load())
	}
}

func TestManyRefusedAtOnce(t *testing.T) {
	s := &server{token: "one"}
	r := newRig(t, "one", []string{"api.example.com"}, httpauth.Options{Base: base(s.answer)})
	r.memory.ResetCalls()
	r.memory.Set("token", "two")
	s.set("two")
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			if got := get(t, r, "https://api.example.com/").StatusCode; got != http.StatusOK {
				t.Errorf("status %d", got)
			}
		})
	}
	wg.Wait()
	if n := r.memory.Reads("token"); n > 2 {
		t.Errorf("%d reads, want at most 2", n)
	}
}

func TestARefusalThatStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{token: "never"}
		m := memory.New(map[string]string{"token": canary})
		store, err := secretmux.New(m, secretmux.Options{TTL: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = store.Close() }()
		tr, err := httpauth.New(t.Context(), store, "token", []string{"api.example.com"}, httpauth.Options{Base: base(s.answer)})
		if err != nil {
			t.Fatal(err)
		}
		for start := time.Now(); time.Since(start) < 10*time.Second; time.Sleep(10 * time.Millisecond) {
			if got := get(t, tr, "https://api.example.com/").StatusCode; got != http.StatusUnauthorized {
				t.Fatalf("status %d", got)
			}
		}
		if n := m.Reads("token"); n > 8 {
			t.Errorf("%d reads in 10 s, want at most 8", n)
		}
	})
}

func TestBodiesAreReplayed(t *testing.T) {
	large := strings.Repeat("x", 1<<20)
	for name, tt := range map[string]struct {
		body   io.Reader
		status int
		want   []string
	}{
		"bytes":             {bytes.NewReader([]byte(large)), http.StatusOK, []string{large, large}},
		"none":              {nil, http.StatusOK, []string{"", ""}},
		"empty":             {http.NoBody, http.StatusOK, []string{"", ""}},
		"can't be repeated": {io.MultiReader(strings.NewReader("once")), http.StatusUnauthorized, []string{"once"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{token: "two"}
			r := newRig(t, "one", []string{"api.example.com"}, httpauth.Options{Base: base(s.answer)})
			r.memory.Set("token", "two")
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://api.example.com/", tt.body)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := r.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != tt.status || strings.Join(s.bodies, "|") != strings.Join(tt.want, "|") {
				t.Errorf("status %d after %d bodies", resp.StatusCode, len(s.bodies))
			}
			if req.Header.Get("Authorization") != "" {
				t.Error("the caller's request was changed")
			}
		})
	}
}

func TestABodyThatCanNotBeHadAgain(t *testing.T) {
	s := &server{token: "two"}
	r := newRig(t, "one", []string{"api.example.com"}, httpauth.Options{Base: base(s.answer)})
	r.memory.Set("token", "two")
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://api.example.com/", strings.NewReader("x"))
	req.GetBody = func() (io.ReadCloser, error) { return nil, errors.New("gone") }
	resp, err := r.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if text, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusUnauthorized || string(text) != "answer" {
		t.Errorf("status %d, body %q: want the server's answer whole", resp.StatusCode, text)
	}
}

func TestCanceledWhileRenewing(t *testing.T) {
	s := &server{token: "two"}
	r := newRig(t, "one", []string{"api.example.com"}, httpauth.Options{Base: base(s.answer)})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://api.example.com/", nil)
	resp, err := r.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if s.asked.Load() != 1 {
		t.Error("it was sent again")
	}
}

// A new value that no header can hold: the old one is sent on, and it shows.
func TestAValueThatCanNotBeSent(t *testing.T) {
	s := &server{token: "one"}
	r := newRig(t, "one", []string{"api.example.com"}, httpauth.Options{Base: base(s.answer)})
	r.memory.Set("token", "a\r\nX-Evil: "+canary)
	if err := r.store.Refresh(t.Context(), "token"); err != nil {
		t.Fatal(err)
	}
	if got := get(t, r, "https://api.example.com/").StatusCode; got != http.StatusOK {
		t.Errorf("status %d, want the old value to be sent", got)
	}
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		if st, _ := r.store.StatusOf("token"); len(st.Callbacks) > 0 {
			conformance.NoLeak(t, st.Callbacks[0], canary)
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatal("nothing shows that the new value can't be sent")
		}
	}
}
