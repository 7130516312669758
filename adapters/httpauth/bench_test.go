package httpauth_test

import (
	"net/http"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/httpauth"
	"github.com/secretmux/secretmux/testing/memory"
)

// BenchmarkRoundTrip measures the cost of the Transport besides Clone.
func BenchmarkRoundTrip(b *testing.B) {
	store, err := secretmux.New(memory.New(map[string]string{"token": "x"}), secretmux.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	resp := answer(http.StatusOK)
	tr, err := httpauth.New(b.Context(), store, "token", []string{"api.example.com"}, httpauth.Options{Base: fixed{resp}})
	if err != nil {
		b.Fatal(err)
	}
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "https://api.example.com/", nil)
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Accept", "application/json") // as a real request has some
	b.Run("Clone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = req.Clone(b.Context())
		}
	})
	b.Run("RoundTrip", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := tr.RoundTrip(req); err != nil {
				b.Fatal(err)
			}
		}
	})
}

type fixed struct{ resp *http.Response }

func (f fixed) RoundTrip(*http.Request) (*http.Response, error) { return f.resp, nil }
