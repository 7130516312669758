package vault

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"time"
)

// newTransport reads the files for TLS. It makes no connection. It starts from
// nothing and not from http.DefaultTransport, because other packages of the program
// may change that one.
func newTransport(o Options) (*http.Transport, error) {
	// TLS 1.2 is Go's own default. It is written down, because a reviewer should
	// not have to know that.
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.CAFile != "" {
		pem, err := readFile(o.CAFile, maxPEM)
		if err != nil {
			return nil, &fileError{param: "ca_file", cause: err}
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, &fileError{param: "ca_file", cause: errNoPEM}
		}
	}
	if o.CertFile != "" {
		// Read the files now, so that the error can name the file. Inside a
		// handshake it would look like a lost connection, which a store bridges
		// with an old value.
		if _, err := keyPair(o); err != nil {
			return nil, err
		}
		// Read the files again for each connection: certificates of clients are
		// short-lived. An agent renews the files, and a process that read them once
		// would fail when the first certificate ends.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return keyPair(o) }
	}
	return &http.Transport{
		// Proxies and HTTP/2 work as in every Go program. HTTP/2 has to be asked for, because
		// the dialer and the TLS settings here would turn it off.
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:       config,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   16, // as many as a store reads at the same time
		IdleConnTimeout:       90 * time.Second,
		ExpectContinueTimeout: time.Second,
	}, nil
}

// keyPair reads the certificate and its key, and names the file that can't be used.
// Files that don't fit each other count as a fault of the certificate. They are
// usually the work of an agent that is just replacing both, and the next connection
// reads them again.
func keyPair(o Options) (*tls.Certificate, error) {
	cert, err := readFile(o.CertFile, maxPEM)
	if err != nil {
		return nil, &fileError{param: "cert_file", cause: err}
	}
	key, err := readFile(o.KeyFile, maxPEM)
	if err != nil {
		return nil, &fileError{param: "key_file", cause: err}
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, &fileError{param: "cert_file", cause: errNoPair}
	}
	return &pair, nil
}
