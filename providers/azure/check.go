package azure

import (
	"context"
	"errors"
	"net/http"
)

// Check logs in and asks for the first page of the list of secrets, one call: it
// returns nil when the vault knows who asks. It reads no value. A vault that lets
// this identity read and not list refuses the list, which proves as much; a
// firewall that refuses it does not.
func (p *Provider) Check(ctx context.Context) error {
	client, err := p.conn.client()
	if err == nil {
		_, err = secretPages(client).next(ctx)
	}
	if err == nil || mayNotList(err) {
		return nil
	}
	return p.fail("check", "", err)
}

func mayNotList(err error) bool {
	var answer *answerError
	if !errors.As(err, &answer) || answer.status != http.StatusForbidden {
		return false
	}
	switch answer.inner {
	case "ForbiddenByRbac", "ForbiddenByPolicy", "AccessDenied":
		return true
	}
	return false
}
