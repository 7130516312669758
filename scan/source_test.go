package scan

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/secretmux/secretmux"
)

// A scan of Go's own source finds none of a thousand random values. A value that
// the test adds to the source is found.
func TestGoSourceHoldsNoRandomValue(t *testing.T) {
	text := goSource(t)
	r := rand.New(rand.NewPCG(3, 4))
	secrets := map[string]secretmux.Secret{}
	var last []byte
	for i := range 1000 {
		value := make([]byte, 9)
		for j := range value {
			value[j] = byte(r.Uint32())
		}
		last = []byte(base64.RawURLEncoding.EncodeToString(value)) // 12 bytes
		secrets[fmt.Sprint("s", i)] = secretmux.NewSecret(last, secretmux.Meta{})
	}
	s, err := New(Options{Secrets: secrets, NoPatterns: true})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(s.NotSearched()); n > 5 {
		t.Errorf("%d of 1000 random values are not searched for", n)
	}
	report, err := s.Reader(context.Background(), "", bytes.NewReader(text))
	if err != nil || len(report.Findings) != 0 || report.Bytes != int64(len(text)) {
		t.Errorf("%v, %d findings in %d of %d bytes", err, len(report.Findings), report.Bytes, len(text))
	}
	text = text[:len(text)/8]
	copy(text[len(text)/2:], last)
	if report, err = s.Reader(context.Background(), "", bytes.NewReader(text)); err != nil || len(report.Findings) != 1 {
		t.Errorf("%v, %d findings, want the one that the test added", err, len(report.Findings))
	}
}

func TestTablesAreSmall(t *testing.T) {
	for n, limit := range map[int]int{100: 300_000, 1000: 1_000_000} {
		s, err := New(Options{Secrets: randomSecrets(n)})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.tableSize(); got > limit {
			t.Errorf("%d secrets have tables of %d bytes, want at most %d", n, got, limit)
		}
	}
}
