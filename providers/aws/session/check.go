package session

import (
	"errors"
	"net/url"
	"regexp"
	"strings"

	"github.com/secretmux/secretmux"
)

// mistake is an ErrInvalid about the set-up. The problem quotes none of it.
func mistake(problem, hint string) error {
	return &secretmux.Error{Op: "open", Class: secretmux.ErrInvalid, Err: errors.New(problem), Hint: hint}
}

// checked returns o with its prefix completed, or everything that is wrong with it.
func (o Options) checked() (Options, error) {
	var errs []error
	if o.Region != "" && !hostLabel(o.Region) {
		errs = append(errs, mistake("the region is malformed", "write it as in aws-sm://eu-west-1/"))
	}
	if o.Role != "" {
		if a, ok := ParseARN(o.Role); !ok || a.Service != "iam" || !strings.HasPrefix(a.Resource, "role/") {
			errs = append(errs, mistake("role is no ARN of a role", "write arn:aws:iam::ACCOUNT:role/NAME"))
		}
	}
	if o.ExternalID != "" && o.Role == "" {
		errs = append(errs, mistake("external_id is given without role", "it is sent when a role is assumed; name the role as well"))
	}
	if o.Credentials != nil && o.Profile != "" {
		errs = append(errs, mistake("a profile is given together with credentials", "give one of them"))
	}
	if o.Endpoint != "" {
		errs = append(errs, checkEndpoint(o.Endpoint))
		if o.FIPS {
			errs = append(errs, mistake("fips=true is given together with endpoint", "name the FIPS endpoint itself, or leave endpoint out"))
		}
	}
	prefix, err := folder(o.Prefix)
	o.Prefix = prefix
	return o, errors.Join(append(errs, err)...)
}

// hostLabel reports whether s can be the part of a host name that a region is: the
// SDK puts it there.
func hostLabel(s string) bool {
	return regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`).MatchString(s)
}

func checkEndpoint(endpoint string) error {
	hint := "write endpoint=https://host, or http://127.0.0.1:port for an emulator"
	u, err := url.Parse(endpoint)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return mistake("the endpoint is no URL of a host", hint) // the cause quotes its input
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return mistake("the endpoint has more than a scheme, a host and a port", hint)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return mistake("the endpoint is not encrypted", "secrets cross the network there: "+hint)
	case u.Scheme != "https" && u.Scheme != "http":
		return mistake("the endpoint has an unknown scheme", hint)
	}
	return nil
}

// folder completes a prefix. A leading "/" stays: names in Parameter Store have
// one, and names in Secrets Manager can.
func folder(prefix string) (string, error) {
	if prefix == "" || prefix == "/" {
		return "", nil
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(prefix, "/"), "/")
	if secretmux.ValidateName(inner) != nil || strings.Contains(inner, ":") {
		return "", mistake("the prefix is no folder of names", "write it as in aws-sm://eu-west-1/prod/")
	}
	return strings.TrimSuffix(prefix, "/") + "/", nil
}
