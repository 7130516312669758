package docs_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/keys"
	"github.com/secretmux/secretmux/testing/memory"
)

func TestKeysPage(t *testing.T) {
	key := strings.Repeat("k", 32)
	store := opened(t, memory.New(map[string]string{"webhook": key}))
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte("body"))
	if ok, err := webhook(t.Context(), store, []byte("body"), mac.Sum(nil)); !ok || err != nil {
		t.Errorf("a good signature is refused; %v", err)
	}
	if ok, _ := webhook(t.Context(), store, []byte("another"), mac.Sum(nil)); ok {
		t.Error("a bad signature is accepted")
	}
	if _, err := signing(t.Context(), store); err == nil {
		t.Error("a key set was made of an absent secret")
	}
}

func signing(ctx context.Context, store *secretmux.Store) (*keys.Set, error) {
	set, err := keys.New(ctx, store, "jwt", keys.Options{Overlap: time.Hour, SignAfter: 10 * time.Minute, Previous: true})
	return set, err
}

func webhook(ctx context.Context, store *secretmux.Store, body, signature []byte) (bool, error) {
	mac, err := keys.NewMAC(ctx, store, "webhook", keys.Options{Overlap: 24 * time.Hour})
	if err != nil {
		return false, err
	}
	defer mac.Close()
	ok := mac.Verify(body, signature) // by the current key or one that overlaps
	return ok, nil
}
