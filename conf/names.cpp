// SPDX-License-Identifier: Apache-2.0
// What a name means follows from the words in front of it.
#include "conf/names.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "wire/community_names.hpp"

namespace lbgp::conf {
namespace {

struct Naming {
  std::string_view words;  // the last of these before the token decides, the longer one among equals
  Names names;
};
constexpr std::array kNamings{
    Naming{"match peer", Names::Neighbor},
    Naming{"peer-group", Names::PeerGroup},
    Naming{"route-map", Names::RouteMap},
    Naming{"suppress-map", Names::RouteMap},
    Naming{"call", Names::RouteMap},
    Naming{"prefix-list", Names::PrefixList},
    Naming{"access-list", Names::AccessList},
    Naming{"access-class", Names::AccessList},
    Naming{"distribute-list", Names::AccessList},
    Naming{"route-source>", Names::AccessList},
    Naming{"as-path access-list", Names::AsPathList},
    Naming{"filter-list", Names::AsPathList},
    Naming{"match as-path", Names::AsPathList},
    Naming{" community-list", Names::CommunityList},
    Naming{"match community", Names::CommunityList},
    Naming{"set comm-list", Names::CommunityList},
    Naming{"large-community-list", Names::LargeCommunityList},
    Naming{"match large-community", Names::LargeCommunityList},
    Naming{"set large-comm-list", Names::LargeCommunityList},
    Naming{"extcommunity-list", Names::ExtCommunityList},
    Naming{"match extcommunity", Names::ExtCommunityList},
    Naming{"set extended-comm-list", Names::ExtCommunityList},
    Naming{"match alias", Names::CommunityAlias},
    Naming{"vip-pool", Names::Pool},
    Naming{"profile", Names::BfdProfile},
};

template <typename Map>
void add(const Map& map, std::vector<std::string>& names) {
  for (const auto& [name, unused] : map) names.push_back(name);
}
template <typename PerFamily>
void add(const PerFamily& maps, std::optional<wire::Family> only, std::vector<std::string>& names) {
  for (const wire::Family family : wire::kFamilies)
    if (!only || *only == family) add(maps[family], names);
}

void add_neighbors(const Config& config, std::vector<std::string>& names) {
  if (!config.router) return;
  for (const auto& [key, unused] : config.router->neighbors) names.push_back(to_string(key));
}
void add_groups(const Config& config, std::vector<std::string>& names) {
  if (config.router) add(config.router->groups, names);
}

}  // namespace

Names names_in(const Pattern& pattern, const Instruction& token) {
  if (token.kind == TokenKind::Community) return Names::Community;
  if (token.kind == TokenKind::Peer) return Names::Peer;
  if (token.kind != TokenKind::Word || pattern.name(token) == "communities") return Names::None;
  const std::string_view before = pattern.text().substr(0, token.text_at);
  const auto end_of = [&](const Naming& naming) {
    const std::size_t at = before.rfind(naming.words);
    return at == std::string_view::npos ? 0 : at + naming.words.size();
  };
  const auto comes_first = [&](const Naming& left, const Naming& right) {
    return std::pair(end_of(left), left.words.size()) < std::pair(end_of(right), right.words.size());
  };
  const Naming& last = *std::max_element(kNamings.begin(), kNamings.end(), comes_first);
  return end_of(last) == 0 ? Names::None : last.names;
}

std::vector<std::string> names_of(const Config& config, Names names, std::optional<wire::Family> family) {
  std::vector<std::string> found;
  switch (names) {
    case Names::None:
      break;
    case Names::Neighbor:
      add_neighbors(config, found);
      break;
    case Names::Peer:
      add_groups(config, found);
      add_neighbors(config, found);
      break;
    case Names::PeerGroup:
      add_groups(config, found);
      break;
    case Names::RouteMap:
      add(config.route_maps, found);
      break;
    case Names::PrefixList:
      add(config.prefix_lists, family, found);
      break;
    case Names::AccessList:
      add(config.access_lists, family, found);
      break;
    case Names::AsPathList:
      add(config.as_path_lists, found);
      break;
    case Names::CommunityList:
      add(config.community_lists, found);
      break;
    case Names::LargeCommunityList:
      add(config.large_community_lists, found);
      break;
    case Names::ExtCommunityList:
      add(config.ext_community_lists, found);
      break;
    case Names::CommunityAlias:
      for (const auto& [community, alias] : config.aliases.communities) found.push_back(alias);
      for (const auto& [community, alias] : config.aliases.large_communities) found.push_back(alias);
      break;
    case Names::Community:
      for (const std::string_view name : wire::well_known_community_names()) found.emplace_back(name);
      break;
    case Names::Pool:
      add(config.pools, found);
      break;
    case Names::BfdProfile:
      if (config.bfd) add(config.bfd->profiles, found);
      break;
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace lbgp::conf
