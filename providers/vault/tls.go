package vault

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"time"
)

// newTransport reads the files for TLS. It makes no connection.
func newTransport(o Options) (*http.Transport, error) {
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
		// handshake it would look like a lost connection.
		if _, err := keyPair(o); err != nil {
			return nil, err
		}
		// Read the files again for each connection: certificates of clients are
		// short-lived.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return keyPair(o) }
	}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:       config,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   16, // as many as a store reads at the same time
		IdleConnTimeout:       90 * time.Second,
		ExpectContinueTimeout: time.Second,
	}, nil
}

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
