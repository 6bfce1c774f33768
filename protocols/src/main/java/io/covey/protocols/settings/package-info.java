/**
 * Layered settings: defaults, then one YAML file, then {@code COVEY_...} environment variables,
 * then flags. Every problem is reported at once, with the place it comes from.
 *
 * <p><b>To define settings</b>, write records in your module's {@code config} package. Each
 * component is one key, named in the file by its kebab-case form ({@code keepAlive} is {@code
 * keep-alive}); a component that is itself a record is a section.
 *
 * <pre>{@code
 * public record AgentSettings(
 *     @Setting(help = "Name of this agent in the fleet.") AgentId id,
 *     @Setting(help = "Where the fleet's broker is.") MqttSettings mqtt) {}
 *
 * public record MqttSettings(
 *     @Setting(help = "Host and port.", preset = "localhost:1883") HostPort broker,
 *     @Setting(help = "Between pings.", preset = "30s", min = "5s", max = "20m") Duration keepAlive,
 *     @Setting(help = "Password of this agent.") Optional<Secret> password) {
 *   public MqttSettings {
 *     // A rule over several keys: what is thrown here is reported at the section.
 *   }
 * }
 *
 * Settings<AgentSettings> settings =
 *     SettingsLoader.load(AgentSettings.class, Sources.ofProcess().withFile(path));
 * }</pre>
 *
 * <table>
 * <caption>Types of a component</caption>
 * <tr><td>{@code String, int, long, double, boolean}, enums</td><td>enums in kebab-case</td></tr>
 * <tr><td>{@code Duration}</td><td>{@code 250ms, 30s, 5m, 2h, 1d}</td></tr>
 * <tr><td>{@link io.covey.protocols.settings.DataSize}</td><td>{@code 512B, 120KiB, 4MiB, 1GiB}</td></tr>
 * <tr><td>{@link io.covey.protocols.settings.HostPort}, {@code URI}</td><td>{@code localhost:1883}</td></tr>
 * <tr><td>{@code Path}</td><td>relative to the file it stands in; to the working directory when
 *     given by a variable or a flag</td></tr>
 * <tr><td>{@link io.covey.protocols.settings.Secret}</td><td>never a value: the component {@code
 *     password} is the key {@code password-file}, the path of a file that holds it</td></tr>
 * <tr><td>a record of one {@code String}, such as {@code AgentId}</td><td>its own constructor
 *     checks</td></tr>
 * <tr><td>a record</td><td>a section</td></tr>
 * <tr><td>{@code List<T>}</td><td>a YAML list, or values parted by commas in a variable or a flag;
 *     empty when left out</td></tr>
 * <tr><td>{@code Map<String, T>}</td><td>a YAML mapping with free keys; empty when left out</td></tr>
 * <tr><td>{@code Optional<T>}</td><td>may be left out, sections too</td></tr>
 * </table>
 *
 * <p>A component without {@code preset} that is not optional, a list or a map must be given. The
 * environment variable of {@code mqtt.keep-alive} is {@code COVEY_MQTT_KEEP_ALIVE}; its flag is
 * {@code --set mqtt.keep-alive=1m}.
 *
 * <p>Loading belongs in packages named {@code config} and {@code app}; the value types may be used
 * anywhere.
 */
@NullMarked
package io.covey.protocols.settings;

import org.jspecify.annotations.NullMarked;
