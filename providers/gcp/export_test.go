package gcp

import (
	"context"
	"time"

	secretmanager "cloud.google.com/go/secretmanager/apiv1"
)

// ProbeTime bounds the search for a metadata server.
const ProbeTime = probeTime

// SetProbe replaces the search for a metadata server, which is no traffic for a test.
func (p *Provider) SetProbe(onGoogleCloud func(context.Context) bool) {
	p.conn.dial = func(ctx context.Context) (*secretmanager.Client, error) { return dial(ctx, p.opts, onGoogleCloud) }
}

// BlockDial makes making a client wait for Close.
func (p *Provider) BlockDial() {
	p.conn.dial = func(ctx context.Context) (*secretmanager.Client, error) {
		<-ctx.Done()
		<-time.After(time.Second) // goes on after Close, as a search for credentials does
		return nil, errClient
	}
}

// ID and NameOf are the mapping of names.
func (o Options) ID(name string) (string, error)  { return o.id(name) }
func (o Options) NameOf(id string) (string, bool) { return o.name(id) }
