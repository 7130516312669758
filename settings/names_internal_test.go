package settings

import "testing"

func TestSnake(t *testing.T) {
	for name, want := range map[string]string{
		"DBPassword": "db_password", "Port": "port", "APIKeyV2": "api_key_v2", "UserID": "user_id", "HTTPSPort": "https_port",
		"A": "a", "AB": "ab", "DB_Name": "db_name", "OAuth2Token": "oauth2_token", "Größe": "größe",
		"DBURLs": "db_urls", "IPv4Addr": "ipv4_addr", "URLsafe": "ur_lsafe", "UserIDs": "user_ids", "MyURLsAndIDs": "my_urls_and_ids", "GraphQLPath": "graphql_path",
	} {
		if got := snake(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}
