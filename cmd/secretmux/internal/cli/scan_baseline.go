package cli

import (
	"bytes"
	"errors"
	"io/fs"
	"os"

	"github.com/secretmux/secretmux/scan"
)

// known reads the baseline of --baseline, or the one that --write-baseline will add
// to.
func (f *scanFlags) known() (*scan.Baseline, error) {
	path := f.baseline
	if f.write != "" {
		path = f.write
	}
	if path == "" {
		return nil, nil //nolint:nilnil // a nil Baseline is empty
	}
	file, err := os.Open(path) //nolint:gosec // the user names the file
	switch {
	case errors.Is(err, fs.ErrNotExist) && f.write != "":
		return scan.NewBaseline(), nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, usage("the file of --baseline does not exist", "make it with --write-baseline")
	case err != nil:
		return nil, usage("the file of --baseline can't be read: "+reason(err), "")
	}
	defer func() { _ = file.Close() }()
	if info, err := file.Stat(); err == nil && !info.Mode().IsRegular() {
		return nil, usage("the baseline is not a regular file", "name a file, such as .secretmux-baseline")
	}
	return scan.ParseBaseline(file)
}

// writeBaseline adds the findings to the baseline. A value that could be guessed
// from the baseline stays a finding.
func (s *session) writeBaseline(path string, known *scan.Baseline, r *scanResult) error {
	if r.report.Bytes == 0 {
		return nil // verdict reports that nothing was scanned
	}
	var weak []scanFinding
	before := known.Len()
	for _, f := range r.report.Findings {
		if err := known.Add(f); err != nil {
			weak = append(weak, findingOf(f))
			r.weak = append(r.weak, f.String())
		}
	}
	weak = append(weak, r.findings[len(r.report.Findings):]...) // the findings of another program
	var text bytes.Buffer
	if _, err := known.WriteTo(&text); err != nil {
		return err
	}
	if err := writePrivate(path, text.Bytes()); err != nil {
		return err
	}
	r.findings = weak
	s.say(plural(known.Len()-before, "finding") + " added to the baseline, which has " + plural(known.Len(), "finding") + " now")
	return nil
}
