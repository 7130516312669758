package keys_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/keys"
	"github.com/secretmux/secretmux/testing/memory"
)

// A Keyfunc for golang-jwt is four lines:
//
//	func(t *jwt.Token) (any, error) { return set.Public(t.Header["kid"], t.Method.Alg()) }
func ExampleSet() {
	ctx := context.Background()
	store := must(secretmux.New(memory.New(map[string]string{"jwt": newEC()}), secretmux.Options{}))
	defer store.Close()
	set, err := keys.New(ctx, store, "jwt", keys.Options{Overlap: time.Hour, SignAfter: 5 * time.Minute})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer set.Close()
	_, kid, alg := set.Signer() // sign with the first value
	_, err = set.Public(kid, alg)
	fmt.Println(alg, err)
	_, err = set.Public("another kid", alg)
	fmt.Println(err)
	// Output:
	// ES256 <nil>
	// secretmux: keys: invalid: no key has the kid of the token (refuse the token: its key was retired, or it was never ours)
}

// The sender of this webhook may still sign with the old key.
func ExampleMAC() {
	ctx := context.Background()
	store := must(secretmux.New(memory.New(map[string]string{"webhook": strings.Repeat("k", 32)}), secretmux.Options{}))
	defer store.Close()
	mac, err := keys.NewMAC(ctx, store, "webhook", keys.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer mac.Close()
	signature := mac.Sign([]byte("body"))
	fmt.Println(mac.Verify([]byte("body"), signature), mac.Verify([]byte("another body"), signature))
	// Output: true false
}

// Options for tokens that live for an hour, and verifiers that keep the JWKS for ten
// minutes.
func ExampleOptions() {
	o := keys.Options{Overlap: time.Hour, SignAfter: 10 * time.Minute, Previous: true}
	fmt.Println(o.Overlap, o.SignAfter)
	// Output: 1h0m0s 10m0s
}
