package vault_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

// serveTLS returns the fake with TLS, its server, and a file with its CA.
func serveTLS(t *testing.T) (s *server, h *httptest.Server, caFile string) {
	t.Helper()
	s = newServer()
	s.put("a", map[string]any{"v": "x"})
	h = httptest.NewUnstartedServer(s)
	h.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes that fail on purpose
	h.TLS = &tls.Config{ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12}
	h.StartTLS()
	t.Cleanup(h.Close)
	return s, h, file(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.Certificate().Raw})))
}

func TestTLS(t *testing.T) {
	s, h, ca := serveTLS(t)
	get := func(address, caFile string) (secretmux.Secret, error) {
		p, err := vault.New(vault.Options{
			Address: address, Mount: "kv", CAFile: caFile, LookupEnv: environment("VAULT_TOKEN=" + rootToken),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = p.Close() }()
		return p.Get(t.Context(), "a")
	}
	got, err := get(h.URL, ca)
	wantValue(t, "Get", got, err, `{"v":"x"}`)
	calls := s.count()
	for what, caFile := range map[string]string{
		"the system's CAs": "", "no such file": "/no/such/file", "no PEM": file(t, "x"), "an empty file": file(t, ""), "a folder": t.TempDir(),
	} {
		got, err = get(h.URL, caFile)
		wantClass(t, what, got, err, secretmux.ErrInvalid)
		if caFile != "" && strings.Contains(err.Error(), caFile) {
			t.Errorf("%s: the error quotes the path: %v", what, err)
		}
	}
	got, err = get(strings.Replace(h.URL, "127.0.0.1", "localhost", 1), ca)
	wantClass(t, "another host name", got, err, secretmux.ErrInvalid)
	if s.count() != calls {
		t.Error("a server that is not trusted was sent a request")
	}
	plain := httptest.NewServer(s)
	defer plain.Close()
	got, err = get(strings.Replace(plain.URL, "http:", "https:", 1), ca)
	wantClass(t, "a server without TLS", got, err, secretmux.ErrInvalid)
}

// A CA file that appears later is found later.
func TestCAFileIsTriedAgain(t *testing.T) {
	_, h, ca := serveTLS(t)
	path := filepath.Join(t.TempDir(), "ca.pem")
	p, err := vault.New(vault.Options{Address: h.URL, Mount: "kv", CAFile: path, LookupEnv: environment("VAULT_TOKEN=" + rootToken)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	got, err := p.Get(t.Context(), "a")
	wantClass(t, "Get", got, err, secretmux.ErrInvalid)
	data, err := os.ReadFile(ca)
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err = p.Get(t.Context(), "a")
	wantValue(t, "Get", got, err, `{"v":"x"}`)
}

// clientPair writes a certificate and its key, and returns the number in it.
func clientPair(t *testing.T, certFile, keyFile string, serial int64) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "web"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: der},
		keyFile:  {Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestClientCertificateIsReadAnew(t *testing.T) {
	s, h, ca := serveTLS(t)
	folder := t.TempDir()
	cert, key := filepath.Join(folder, "c.pem"), filepath.Join(folder, "k.pem")
	var serials []int64
	s.answer = func(_ http.ResponseWriter, r *http.Request) bool {
		for _, c := range r.TLS.PeerCertificates {
			serials = append(serials, c.SerialNumber.Int64())
		}
		return false
	}
	read := func() (secretmux.Secret, error) {
		p, err := vault.New(vault.Options{Address: h.URL, Mount: "kv", CAFile: ca, CertFile: cert, KeyFile: key, Auth: vault.Auth{Method: vault.AuthCert, Role: "web"}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = p.Close() }()
		return p.Get(t.Context(), "a")
	}
	got, err := read()
	wantClass(t, "Get without the files", got, err, secretmux.ErrInvalid)
	for serial := range int64(2) {
		clientPair(t, cert, key, serial+1)
		got, err = read()
		wantValue(t, "Get", got, err, `{"v":"x"}`)
	}
	if len(serials) == 0 || serials[0] != 1 || serials[len(serials)-1] != 2 {
		t.Errorf("the server saw the certificates %v", serials)
	}
	if err := os.WriteFile(key, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err = read()
	wantClass(t, "Get with a broken key", got, err, secretmux.ErrInvalid)
}
