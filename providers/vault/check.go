package vault

import "context"

// Check logs in if that is due and asks the server whether it knows the token. It
// reads no secret and does not test policies or the mount.
//
// A readiness probe calls it, perhaps every second and in every replica. So it
// makes one small call that every token may make, and it makes no credentials.
func (p *Provider) Check(ctx context.Context) error {
	if err := p.check(ctx); err != nil {
		return p.fail("check", "", err)
	}
	return nil
}

func (p *Provider) check(ctx context.Context) error {
	if p.closed.Load() {
		return errClosed
	}
	// The session comes first: it shows whether a login works at all. A given token
	// that is missing fails here, without a call.
	s, err := p.auth.session(ctx)
	if err != nil {
		return err
	}
	known, err := p.auth.knows(ctx, s)
	if err != nil || known {
		return err
	}
	_, err = p.auth.reconsider(ctx, s) // a token that has ended is replaced, as a read would do: Check must not fail where reads work
	return err
}
