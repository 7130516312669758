// Jwt issues and verifies tokens with a signing key that rotates while it runs. Tokens of
// the old key are accepted only during the overlap.
//
//	go run ./examples/jwt
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/keys"
	"github.com/secretmux/secretmux/testing/memory"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	first, err := newKey()
	if err != nil {
		return err
	}
	backend := memory.New(map[string]string{"jwt": first})
	store, err := secretmux.New(backend, secretmux.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	const overlap = 500 * time.Millisecond // longer than the life of the tokens; hours in a real program
	set, err := keys.New(ctx, store, "jwt", keys.Options{Overlap: overlap})
	if err != nil {
		return err
	}
	defer func() { _ = set.Close() }()

	old, err := issue(set)
	if err != nil {
		return err
	}
	if err := rotate(ctx, store, backend, set); err != nil {
		return err
	}
	fresh, err := issue(set)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "after the rotation:  old token %v, new token %v\n", verdict(set, old), verdict(set, fresh))
	select {
	case <-time.After(overlap + 50*time.Millisecond):
	case <-ctx.Done():
		return ctx.Err()
	}
	_, _ = fmt.Fprintf(out, "after the overlap:   old token %v, new token %v\n", verdict(set, old), verdict(set, fresh))
	return nil
}

// issue signs a token with the present key.
func issue(set *keys.Set) (string, error) {
	signer, kid, alg := set.Signer()
	token := jwt.NewWithClaims(jwt.GetSigningMethod(alg), jwt.RegisteredClaims{Subject: "someone"})
	token.Header["kid"] = kid
	return token.SignedString(signer)
}

// verify accepts only the algorithms of our own keys. Public accepts each key only with
// its own algorithm.
func verify(set *keys.Set, text string) error {
	_, err := jwt.Parse(text, func(t *jwt.Token) (any, error) {
		return set.Public(t.Header["kid"], t.Method.Alg())
	}, jwt.WithValidMethods([]string{"ES256"}))
	return err
}

func verdict(set *keys.Set, text string) string {
	if verify(set, text) != nil {
		return "refused"
	}
	return "accepted"
}

// rotate writes another key and waits until it signs. The swap comes a moment after the
// refresh.
func rotate(ctx context.Context, store *secretmux.Store, backend *memory.Provider, set *keys.Set) error {
	next, err := newKey()
	if err != nil {
		return err
	}
	_, used, _ := set.Signer()
	backend.Set("jwt", next)
	if err := store.Refresh(ctx, "jwt"); err != nil {
		return err
	}
	limit := time.After(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		if _, kid, _ := set.Signer(); kid != used {
			return nil
		}
		select {
		case <-tick.C:
		case <-limit:
			return errors.New("the new key does not sign")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func newKey() (string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
}
