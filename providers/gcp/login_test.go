package gcp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/auth"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/gcp"
)

// Without credentials, outside of Google Cloud, packets to the metadata server are
// lost. The error comes within even a short timeout, so it says what is wrong and
// does not look like an outage.
func TestNoCredentialsWithinTheTimeout(t *testing.T) {
	for timeout, longest := range map[time.Duration]time.Duration{
		20 * time.Millisecond: 15 * time.Millisecond, time.Second: 750 * time.Millisecond, 3 * time.Second: 2250 * time.Millisecond,
		time.Minute: gcp.ProbeTime,
	} {
		t.Run(timeout.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				vanish := func(ctx context.Context) bool { <-ctx.Done(); return false }
				store, err := secretmux.Open(t.Context(), "gcp-sm://my-project?timeout="+timeout.String(), probing(vanish))
				if err != nil {
					t.Fatal(err)
				}
				defer store.Close()
				start := time.Now()
				s, err := store.Get(t.Context(), "db")
				wantClass(t, "Get", s, err, errUnauthenticated)
				if elapsed := time.Since(start); elapsed > longest {
					t.Errorf("Get took %v, want %v", elapsed, longest)
				}
				if err := store.Check(t.Context()); secretmux.ClassOf(err) != errUnauthenticated {
					t.Errorf("Check: %v", err)
				}
			})
		})
	}
}

// probing opens gcp-sm: links that take ask for the search for a metadata server.
func probing(ask func(context.Context) bool) secretmux.Backend {
	return secretmux.Backend{gcp.Scheme: func(ctx context.Context, u *secretmux.URI) (secretmux.Provider, error) {
		p, err := gcp.Backend()[gcp.Scheme](ctx, u)
		if err == nil {
			p.(*gcp.Provider).SetProbe(ask)
		}
		return p, err
	}}
}

// The search for the metadata server is repeated only after a pause, and not by every
// call.
func TestSearchIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, gcp.Options{Project: project})
		probes := 0
		p.SetProbe(func(context.Context) bool { probes++; return false })
		for second := range 5 {
			for range 100 {
				s, err := p.Get(t.Context(), "db")
				wantClass(t, "Get", s, err, errUnauthenticated)
			}
			if probes != second+1 {
				t.Fatalf("%d probes after %d s, want one a second", probes, second)
			}
			time.Sleep(gcp.LoginPause)
		}
	})
}

// counting gives tokens, or fails to, and counts how often it was asked.
type counting struct {
	n    atomic.Int64
	give func(ctx context.Context) (*auth.Token, error)
}

func (c *counting) Token(ctx context.Context) (*auth.Token, error) {
	c.n.Add(1)
	return c.give(ctx)
}

// During an outage of the token endpoint, not every call asks it.
func TestFailedLoginIsRemembered(t *testing.T) {
	for name, answer := range map[string]struct {
		status int
		want   error
	}{
		"down":    {http.StatusInternalServerError, errUnavailable},
		"refused": {http.StatusBadRequest, errUnauthenticated},
		"page":    {http.StatusOK, errUnauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			var logins atomic.Int64
			endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				logins.Add(1)
				w.WriteHeader(answer.status)
			}))
			t.Cleanup(endpoint.Close)
			t.Setenv(adc, federated(t, endpoint.URL))
			p := open(t, secure(t, grpcHandler(newFake()), ""))
			start := time.Now()
			for range 200 {
				s, err := p.Get(t.Context(), "db")
				wantClass(t, "Get", s, err, answer.want)
			}
			// A pause before each login except the first; a refusal also makes a
			// new client.
			if most := 2 * (1 + int64(time.Since(start)/gcp.LoginPause)); logins.Load() > most {
				t.Errorf("%d logins for 200 calls in %v, want at most %d", logins.Load(), time.Since(start), most)
			}
		})
	}
}

// If Secret Manager refuses a token, not every call replaces it.
func TestRefusedTokenIsRemembered(t *testing.T) {
	var logins atomic.Int64
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		logins.Add(1)
		_, _ = w.Write([]byte(`{"access_token":"x","token_type":"Bearer","expires_in":3600,
			"issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}`))
	}))
	t.Cleanup(endpoint.Close)
	t.Setenv(adc, federated(t, endpoint.URL))
	p := open(t, secure(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Grpc-Status", "16")
	}), ""))
	start := time.Now()
	for range 200 {
		s, err := p.Get(t.Context(), "db")
		wantClass(t, "Get", s, err, errUnauthenticated)
	}
	if most := 1 + int64(time.Since(start)/gcp.LoginPause); logins.Load() > most {
		t.Errorf("%d logins for 200 calls in %v, want at most %d", logins.Load(), time.Since(start), most)
	}
}

// A token endpoint that works again is noticed a second later.
func TestLoginIsTriedAgain(t *testing.T) {
	f := newFake()
	f.set("db", []byte("x"))
	var up atomic.Bool
	giver := &counting{give: func(context.Context) (*auth.Token, error) {
		if up.Load() {
			return &auth.Token{Value: "x"}, nil
		}
		return nil, context.DeadlineExceeded
	}}
	opts := secure(t, grpcHandler(f), "")
	opts.Credentials = auth.NewCredentials(&auth.CredentialsOptions{TokenProvider: giver})
	p := open(t, opts)
	unavailable(t, p)
	up.Store(true)
	backSoon(t, p)
	if n := giver.n.Load(); n != 2 {
		t.Errorf("%d tokens were asked for, want 2", n)
	}
}

// The SDK looks for the credentials of gcloud in a place that depends on the
// operating system.
func TestGcloudFile(t *testing.T) {
	tests := []struct{ goos, variable, value, want string }{
		{"linux", "HOME", "/home/app", "/home/app/.config/gcloud/application_default_credentials.json"},
		{"darwin", "HOME", "/Users/app", "/Users/app/.config/gcloud/application_default_credentials.json"},
		{"windows", "APPDATA", `C:\Users\app\AppData\Roaming`, `C:\Users\app\AppData\Roaming\gcloud\application_default_credentials.json`},
		{"windows", "HOME", "/home/app", ""}, // unknown: the SDK is asked
		{"linux", "APPDATA", "/home/app", ""},
	}
	for _, tt := range tests {
		getenv := func(key string) string {
			if key == tt.variable {
				return tt.value
			}
			return ""
		}
		if got := gcp.GcloudFile(tt.goos, getenv); got != tt.want {
			t.Errorf("on %s with %s=%s: %q, want %q", tt.goos, tt.variable, tt.value, got, tt.want)
		}
	}
}
