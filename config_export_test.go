package secretmux

import "errors"

// ParseConfig shows FuzzParseConfig what the config string parses to, without a
// backend.
func ParseConfig(config string) ([][]*URI, error) {
	groups, err := parseConfig(config)
	if err != nil {
		return nil, err
	}
	var (
		chain [][]*URI
		errs  []error
		n     int
	)
	for _, group := range groups {
		var replicas []*URI
		for _, l := range group {
			n++
			if l.err != nil {
				errs = append(errs, numbered(n, l.err))
				continue
			}
			_, err := parsePolicy(l.uri)
			if err != nil {
				errs = append(errs, numbered(n, err))
			}
			replicas = append(replicas, l.uri)
		}
		chain = append(chain, replicas)
	}
	return chain, errors.Join(errs...)
}
