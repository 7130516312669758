package faultscript

import (
	"errors"
	"net"
	"testing"
	"time"
)

func TestNoHostIsNXDomain(t *testing.T) {
	var none NoHost
	_, err := none.DialContext(t.Context(), "tcp", "backend.invalid:443")
	var dns *net.DNSError
	if !errors.As(err, &dns) || !dns.IsNotFound || none.Calls() != 1 {
		t.Errorf("DialContext = %v after %d calls, want NXDOMAIN after 1", err, none.Calls())
	}
}

func TestRefusedAndSilent(t *testing.T) {
	dialer := &net.Dialer{}
	if c, err := dialer.DialContext(t.Context(), "tcp", Refused(t)); err == nil {
		_ = c.Close()
		t.Error("a refused address accepted a connection")
	}
	address, connections := Silent(t)
	c, err := dialer.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatalf("a silent address refused a connection: %v", err)
	}
	defer c.Close()
	if err := c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	var timeout net.Error
	if _, err := c.Read(make([]byte, 1)); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("reading from a silent address: %v, want a timeout", err)
	}
	if connections() != 1 {
		t.Errorf("connections() = %d, want 1", connections())
	}
}

func TestHTTPKnowsItsFaults(t *testing.T) {
	for _, r := range Rows() {
		_, ok := HTTP(t, r.Fault)
		switch r.Fault {
		case Absent, Deleted, Disabled, Denied, Unauthenticated, WrongChecksum, Backwards, RefusedConnection, NXDomain:
			if ok {
				t.Errorf("HTTP plays %q, which depends on the protocol or needs no server", r.Fault)
			}
		default:
			if !ok {
				t.Errorf("HTTP does not play %q", r.Fault)
			}
		}
	}
	if _, ok := HTTP(t, "no such fault"); ok {
		t.Error("HTTP plays a fault that does not exist")
	}
}
