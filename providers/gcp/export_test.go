package gcp

import (
	"context"
	"time"

	secretmanager "cloud.google.com/go/secretmanager/apiv1"
)

// ProbeTime bounds the search for a metadata server.
const ProbeTime = probeTime

// LoginPause is how long a failed login is remembered.
const LoginPause = loginPause

// GcloudFile is where the SDK looks for the credentials of gcloud.
func GcloudFile(goos string, getenv func(string) string) string { return gcloudFile(goos, getenv) }

// SetProbe replaces the search for a metadata server, which a test must not send
// to.
func (p *Provider) SetProbe(onGoogleCloud func(context.Context) bool) { p.conn.ask = onGoogleCloud }

// BlockDial makes making a client wait for Close.
func (p *Provider) BlockDial() {
	p.conn.dial = func(ctx context.Context, _ time.Duration) (*secretmanager.Client, error) {
		<-ctx.Done()
		<-time.After(time.Second) // goes on after Close, as a search for credentials does
		return nil, errClient
	}
}

// ID and NameOf are the mapping of names.
func (o Options) ID(name string) (string, error)  { return o.id(name) }
func (o Options) NameOf(id string) (string, bool) { return o.name(id) }
