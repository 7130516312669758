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

// If a header can't hold a new value, the old one stays in use, and Status shows the
// error.
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
