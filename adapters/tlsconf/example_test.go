package tlsconf_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/tlsconf"
)

// The certificate of this server rotates while it runs. The client trusts its
// authority.
func ExampleKeyPair() {
	ctx := context.Background()
	ca := newAuthority(&testing.T{}, "example authority")
	r := newRig(&testing.T{}, secretmux.Options{}, map[string]string{"tls/server": ca.bundleOf("first")})

	pair, err := tlsconf.NewKeyPair(ctx, r.Store, "tls/server", tlsconf.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pair.Close()
	server := &http.Server{TLSConfig: tlsconf.Server(&tls.Config{MinVersion: tls.VersionTLS13}, pair, nil)}

	cert, err := server.TLSConfig.GetCertificate(&tls.ClientHelloInfo{})
	fmt.Println(cert.Leaf.Subject.CommonName, err)
	// Output: first <nil>
}

// Options name the fields of a document.
func ExampleOptions() {
	o := tlsconf.Options{CertField: "tls.crt", KeyField: "tls.key"}
	fmt.Println(o.CertField, o.KeyField)
	// Output: tls.crt tls.key
}

// Trust the old and the new authority together while they change.
func ExampleRoots() {
	ctx := context.Background()
	before, after := newAuthority(&testing.T{}, "old"), newAuthority(&testing.T{}, "new")
	r := newRig(&testing.T{}, secretmux.Options{}, map[string]string{"ca/old": before.bundle, "ca/new": after.bundle})
	roots, err := tlsconf.NewRoots(ctx, r.Store, "ca/old", "ca/new")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer roots.Close()
	//nolint:staticcheck // Subjects does for a pool that is not the system's
	fmt.Println(len(roots.Pool().Subjects()))
	// Output: 2
}

// This client follows the rotation of the authority that it trusts.
func ExampleRoundTripper() {
	r := newRig(&testing.T{}, secretmux.Options{}, map[string]string{"ca": newAuthority(&testing.T{}, "ca").bundle})
	roots, err := tlsconf.NewRoots(context.Background(), r.Store, "ca")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer roots.Close()
	transport, stop := tlsconf.Transport(nil, nil, roots)
	defer stop()
	client := &http.Client{Transport: transport}
	client.CloseIdleConnections() // reaches the transport
	fmt.Println(client.Transport == transport)
	// Output: true
}
