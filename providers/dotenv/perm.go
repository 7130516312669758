package dotenv

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
)

const (
	others   fs.FileMode = 0o077
	hintPerm             = "run chmod 600 on the file"
)

var errOpenToOthers = errors.New("users other than its owner may read or write the file")

// checkPerm refuses a file that is open to others, or warns about it. Members of the
// file's group are others: on many systems all users share one group.
func (p *Provider) checkPerm(ctx context.Context, mode fs.FileMode) error {
	if !permBits || mode.Perm()&others == 0 {
		return nil
	}
	if p.opts.StrictPerm {
		return errOpenToOthers
	}
	if !p.warned.Swap(true) {
		p.opts.Logger.LogAttrs(ctx, slog.LevelWarn, "secretmux: "+errOpenToOthers.Error(),
			slog.String("source", p.source), slog.String("mode", mode.Perm().String()), slog.String("hint", hintPerm))
	}
	return nil
}
